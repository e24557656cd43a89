import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', main: 'src/main.ts' },
  format: 'esm',
  target: 'node20',
  dts: process.env.NANOCLAW_BUILD !== 'js' && { entry: { index: 'src/index.ts' } },
  sourcemap: true,
  clean: true,
})
