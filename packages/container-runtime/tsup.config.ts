import { cpSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'tsup'
import { thirdPartyNotices } from '../../scripts/lib/third-party-notices.ts'

const runner = 'dist/runner'

/**
 * better-sqlite3 cannot be bundled (it loads its addon by path), so it lies beside the runner.
 * The container is Linux, whatever this machine is.
 */
function copyDatabaseDriver(): void {
  const source = realpathSync('node_modules/better-sqlite3')
  const target = join(runner, 'node_modules/better-sqlite3')
  mkdirSync(join(target, 'prebuilds'), { recursive: true })
  for (const file of ['package.json', 'LICENSE']) cpSync(join(source, file), join(target, file))
  cpSync(join(source, 'lib'), join(target, 'lib'), { recursive: true })
  const own = `${process.platform}-${process.arch}.node`
  for (const file of readdirSync(join(source, 'prebuilds'))) {
    if (!file.startsWith('linux') && file !== own) continue
    cpSync(join(source, 'prebuilds', file), join(target, 'prebuilds', file))
  }
}

/** The folder is mounted alone, so it says itself that its code is ESM. */
function writeManifest(): void {
  writeFileSync(join(runner, 'package.json'), '{ "type": "module", "private": true }\n')
}

export default defineConfig(() => {
  // Not tsup's own `clean`: the two builds run side by side, one inside the other's folder.
  rmSync('dist', { recursive: true, force: true })
  return [
    {
      entry: { index: 'src/index.ts', runner: 'src/runner.ts', testing: 'src/testing.ts' },
      format: 'esm',
      target: 'node22',
      dts: process.env.NANOCLAW_BUILD !== 'js',
      sourcemap: true,
    },
    {
      entry: { runner: 'src/runner/main.ts' },
      outDir: runner,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      splitting: false,
      noExternal: [/^(?!better-sqlite3$|node:)/],
      external: ['better-sqlite3'],
      esbuildPlugins: [thirdPartyNotices(join(runner, 'third-party-notices.txt'))],
      esbuildOptions: (options) => {
        options.conditions = ['@nanoclaw/source']
        options.minifyWhitespace = true
        options.minifySyntax = true
      },
      onSuccess: async () => {
        copyDatabaseDriver()
        writeManifest()
      },
    },
  ]
})
