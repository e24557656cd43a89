import { rmSync } from 'node:fs'
import { defineConfig } from 'tsup'
import { thirdPartyNotices } from '../../scripts/lib/third-party-notices.ts'
import { withoutLocales } from '../../scripts/lib/without-locales.ts'

export default defineConfig(() => {
  // Not tsup's own `clean`: the two builds run side by side in one folder.
  rmSync('dist', { recursive: true, force: true })
  return [
    {
      entry: { index: 'src/index.ts' },
      format: 'esm',
      target: 'node22',
      dts: process.env.NANOCLAW_BUILD !== 'js',
      sourcemap: true,
    },
    {
      // The command is bundled: a start that loads Drizzle's hundreds of modules one by one takes
      // half a second longer. What cannot be bundled is the native addon and pino's CommonJS.
      entry: { main: 'src/main.ts' },
      format: 'esm',
      platform: 'node',
      target: 'node22',
      sourcemap: true,
      noExternal: [/^@nanoclaw\//, 'drizzle-orm', 'zod', 'commander', 'uuid'],
      external: ['better-sqlite3', 'pino'],
      esbuildPlugins: [withoutLocales, thirdPartyNotices('dist/third-party-notices.txt')],
    },
  ]
})
