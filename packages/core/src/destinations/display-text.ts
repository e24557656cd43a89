import { NanoclawError } from '@nanoclaw/schema/plain'

const longest = 200

/** A name for people, trimmed. Throws `bad-option` when nothing or more than 200 characters is left. */
export function displayText(text: string, what: string): string {
  const trimmed = text.trim()
  if (trimmed !== '' && trimmed.length <= longest) return trimmed
  throw new NanoclawError(
    'bad-option',
    `expected ${what} of 1 to ${longest} characters, got ${trimmed.length}`,
  )
}
