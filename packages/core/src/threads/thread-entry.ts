import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The program of database threads: beside this module, its source in a checkout, else what was built
 * of it. In a program that bundles this package there is none beside it; then the installed one.
 */
export function threadEntry(): string {
  if (import.meta.url.endsWith('.ts')) {
    return fileURLToPath(new URL('./thread-main.ts', import.meta.url))
  }
  const beside = fileURLToPath(new URL('./database-thread.js', import.meta.url))
  if (existsSync(beside)) return beside
  const installed = import.meta.resolve('@nanoclaw/core')
  return fileURLToPath(new URL('./database-thread.js', installed))
}
