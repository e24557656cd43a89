import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Entry {
  readonly file: string
  readonly open?: boolean
  readonly sql?: string
  readonly rows?: number
}

/** What was asked of databases, by the names of their files. */
export interface StatementCounts {
  readonly opens: Readonly<Record<string, number>>
  readonly statements: Readonly<Record<string, number>>
  readonly rows: Readonly<Record<string, number>>
  /** Each once, with its values in place. */
  readonly texts: Readonly<Record<string, readonly string[]>>
}

/** Whether it only begins or ends what others do, or says how. */
const isFrame = /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA)\b/i

/** Reads what `native/statements.cjs` has written since a mark. */
export function openStatementLog(folder: string): { mark(): void; since(): StatementCounts } {
  const marks = new Map<string, number>()
  const contents = (): (readonly [string, string])[] =>
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  return {
    mark() {
      for (const [name, text] of contents()) marks.set(name, text.length)
    },
    since() {
      const [opens, statements, rows]: Record<string, number>[] = [{}, {}, {}]
      const texts: Record<string, string[]> = {}
      const add = (to: Record<string, number> | undefined, file: string, count: number): void => {
        if (to !== undefined) to[file] = (to[file] ?? 0) + count
      }
      for (const [name, text] of contents()) {
        const lines = text.slice(marks.get(name) ?? 0).split('\n')
        for (const line of lines.filter((found) => found !== '')) {
          const entry = JSON.parse(line) as Entry
          if (entry.open === true) add(opens, entry.file, 1)
          add(rows, entry.file, entry.rows ?? 0)
          if (entry.sql === undefined || isFrame.test(entry.sql)) continue
          add(statements, entry.file, 1)
          texts[entry.file] = [...new Set([...(texts[entry.file] ?? []), entry.sql])]
        }
      }
      return { opens: opens ?? {}, statements: statements ?? {}, rows: rows ?? {}, texts }
    },
  }
}
