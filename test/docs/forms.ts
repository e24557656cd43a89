/**
 * Blocks without a language, or of `text`, which nothing can run: by document, the headings that
 * they stand under.
 */
export const forms: Readonly<Record<string, readonly string[]>> = {
  'ARCHITECTURE.md': [
    'What the system is',
    'Packages and the direction of the arrows',
    'How a host is put together',
  ],
  'README.md': ['How a message travels'],
  'docs/channel-contract.md': ['The channel contract'],
  'docs/operating.md': ['Being told', 'Where is my message?'],
  'docs/session-protocol.md': ['1. Folders', '3. inbound.db', '4. outbound.db'],
  'packages/adapters/README.md': ['@nanoclaw/adapters'],
}
