import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/tables/central.ts',
  out: './drizzle/central',
})
