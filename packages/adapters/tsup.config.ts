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
  // Types of the Standard Schema go into the declarations: this package has no dependencies.
  dts: process.env.NANOCLAW_BUILD !== 'js' && { resolve: ['@standard-schema/spec'] },
  sourcemap: true,
  clean: true,
})
