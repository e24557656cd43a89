import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    // The program that createReaderProcess starts.
    reader: 'src/reader/reader-main.ts',
    testing: 'src/testing.ts',
  },
  format: 'esm',
  target: 'node22',
  dts: process.env.NANOCLAW_BUILD !== 'js',
  sourcemap: true,
  clean: true,
})
