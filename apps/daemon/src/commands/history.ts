import { readFile, rename, writeFile } from 'node:fs/promises'
import type { HistoryStore } from '@nanoclaw/adapters/terminal'
import { z } from 'zod'

const shape = z.array(z.string())

/** What was typed in terminals, in a file of the home that only this user can read. */
export function createHistory(path: string): HistoryStore {
  let last: Promise<void> = Promise.resolve()
  const write = async (lines: readonly string[]): Promise<void> => {
    const draft = `${path}.${process.pid}.new`
    await writeFile(draft, `${JSON.stringify(lines)}\n`, { mode: 0o600 })
    await rename(draft, path)
  }
  return {
    load: async () => shape.parse(JSON.parse(await readFile(path, 'utf8'))),
    save(lines) {
      // One after the other: the newest is written last.
      const next = last.then(() => write(lines))
      last = next.catch(() => undefined)
      return next
    },
  }
}
