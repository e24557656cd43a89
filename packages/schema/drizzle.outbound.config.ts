import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/tables/outbound.ts',
  out: './drizzle/outbound',
})
