import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { NanoclawError } from '@nanoclaw/schema/plain'

/** Where this module is, and what finds others; both may be missing in a bundle. */
export interface EntrySearch {
  readonly url?: string | undefined
  readonly resolve?: ((name: string) => string) | undefined
}

function installed({ resolve }: EntrySearch): string | undefined {
  try {
    const index = resolve?.('@nanoclaw/core')
    return index && fileURLToPath(new URL('./database-thread.js', index))
  } catch {
    return undefined
  }
}

/**
 * The program of database threads: beside this module, its source in a checkout, else what was built
 * of it. In a program that bundles this package there is none beside it; then the installed one.
 * Throws `bad-option` where there is none either.
 */
export function threadEntry(search: EntrySearch = import.meta): string {
  const { url } = search
  if (url?.endsWith('.ts') === true) return fileURLToPath(new URL('./thread-main.ts', url))
  const beside = url && fileURLToPath(new URL('./database-thread.js', url))
  const found = [beside, installed(search)].find((path) => path && existsSync(path))
  if (found) return found
  throw new NanoclawError(
    'bad-option',
    'expected the program of database threads, database-thread.js, beside the program that bundles @nanoclaw/core, or that package installed where it finds it; copy it there from dist, with its chunks, or set databaseThreads: 0',
  )
}
