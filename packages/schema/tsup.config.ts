import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    database: 'src/database.ts',
    untrusted: 'src/untrusted.ts',
    drizzle: 'src/drizzle.ts',
    plain: 'src/plain.ts',
  },
  format: 'esm',
  target: 'node22',
  dts: process.env.NANOCLAW_BUILD !== 'js',
  sourcemap: true,
  clean: true,
})
