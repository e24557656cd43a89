import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What is particular about the adapter of a toy package. */
export interface ToyParts {
  /** Also the package's name. Default `toy`. */
  readonly name?: string
  /** Runs when the module is loaded. */
  readonly atImport?: string
  /** Body of `validate(value)`. */
  readonly validate?: string
  /** Members that stand in for the usual ones; they see `options`. */
  readonly members?: string
  /** Of its package.json. */
  readonly manifest?: object
}

/** Writes a package with an adapter of no platform, whose option `token` is a secret. */
export async function writeToyPackage(folder: string, parts: ToyParts = {}): Promise<string> {
  const { name = 'toy', manifest } = parts
  const content = { name, version: '1.0.0', type: 'module', exports: './index.js', ...manifest }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(content))
  await writeFile(join(folder, 'index.js'), source(name, parts))
  return folder
}

function source(
  name: string,
  { atImport = '', validate = 'return { value }', members = '' }: ToyParts,
): string {
  return `
${atImport}
const capabilities = {
  threads: false, edits: false, reactions: false, buttons: false, cards: false, typing: false,
  files: false, textLength: 100, markdown: 'none', idempotency: 'none', history: false,
  deliveryReceipts: false,
}
const jsonSchema = {
  type: 'object', properties: { token: { type: 'string', writeOnly: true } }, required: ['token'],
}
export const adapter = {
  channelType: '${name}',
  options: { '~standard': {
    version: 1, vendor: 'toy', validate(value) { ${validate} },
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  } },
  create: (options, { instance }) => ({
    channelType: '${name}', instance, capabilities,
    async start() {},
    async stop() {},
    async deliver() { return { status: 'sent' } },
    health: () => ({ state: 'connected', since: '2026-01-01T00:00:00.000Z' }),
    ${members}
  }),
}
`
}
