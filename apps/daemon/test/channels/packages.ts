import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Puts a package of one module into a home, where npm would have put it. */
export function installModule(home: string, name: string, source: string): void {
  const folder = join(home, 'channels', 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  const exports = { '.': { import: './index.js' } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports }))
  writeFileSync(join(folder, 'index.js'), source)
}

/** Source of an adapter. */
export function adapterSource(
  parts: {
    readonly channelType?: string
    /** Body of `validate(value)`. */
    readonly validate?: string
    readonly jsonSchema?: object
    /** Members of the adapter that stand in for the usual ones. */
    readonly members?: string
    /** Body of `create(options, { instance })`, before the adapter is made. */
    readonly create?: string
  } = {},
): string {
  const { channelType = 'toy', validate = 'return { value }', members = '', create = '' } = parts
  const jsonSchema = JSON.stringify(parts.jsonSchema)
  return `
const capabilities = {
  threads: false, edits: false, reactions: false, buttons: false, cards: false, typing: false,
  files: false, textLength: 100, markdown: 'none', idempotency: 'none', history: false,
  deliveryReceipts: false,
}
export const adapter = {
  channelType: '${channelType}',
  options: { '~standard': {
    version: 1, vendor: 'toy', validate(value) { ${validate} },
    ${jsonSchema === undefined ? '' : `jsonSchema: { input: () => (${jsonSchema}), output: () => ({}) },`}
  } },
  create(options, { instance }) {
    ${create}
    const made = {
      channelType: '${channelType}', instance, capabilities,
      async start(ctx) { made.ctx = ctx },
      async stop() {},
      async deliver() { return { status: 'sent' } },
      health: () => ({ state: 'connected', since: '2026-01-01T00:00:00.000Z' }),
      ${members}
    }
    return made
  },
}
`
}
