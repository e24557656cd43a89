import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    memory: 'src/memory.ts',
    terminal: 'src/terminal.ts',
    testing: 'src/testing.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: process.env.NANOCLAW_BUILD !== 'js',
  sourcemap: true,
  clean: true,
})
