import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    reader: 'src/reader.ts',
    testing: 'src/testing.ts',
    // The program of database threads.
    'database-thread': 'src/threads/thread-main.ts',
  },
  format: 'esm',
  target: 'node22',
  dts: process.env.NANOCLAW_BUILD !== 'js',
  sourcemap: true,
  clean: true,
})
