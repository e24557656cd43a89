import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/tables/inbound.ts',
  out: './drizzle/inbound',
})
