import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../../..')

/** The adapter of the example, with the claims of a run. */
const entry = `
import { adapter as pigeon } from './examples/own-channel/src/index.ts'
import { claiming } from './test/torture/channel/claiming.ts'
export const adapter = claiming(pigeon)
`

/** Puts the channel's package where `nanoclaw channels add` puts those of others. */
export async function installChannel(home: string): Promise<void> {
  const folder = join(home, 'channels', 'node_modules', 'torture')
  await mkdir(folder, { recursive: true })
  const manifest = { name: 'torture', version: '1.0.0', type: 'module', exports: './index.js' }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await build({
    stdin: { contents: entry, resolveDir: root },
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  })
}
