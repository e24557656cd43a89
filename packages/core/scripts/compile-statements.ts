import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { CompiledStatement, Parameter } from '../src/statements/types.ts'

/** Stands for the value of a placeholder. */
class Marker {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

interface Seen {
  sql: string
  parameters: readonly unknown[]
}

/** In place of a connection: notes what is prepared and bound, and gives back rows of our making. */
function fakeClient(seen: Seen, row: readonly unknown[]): object {
  return {
    prepare(sql: string) {
      seen.sql = sql
      const note = (...parameters: unknown[]) => {
        seen.parameters = parameters
        return row
      }
      return { run: note, raw: () => ({ get: note }), get: note }
    },
  }
}

const anyValues: Record<string, unknown> = new Proxy(
  {},
  { has: () => true, get: (_, name) => new Marker(String(name)) },
)

function toParameter(value: unknown, sql: string): Parameter {
  if (value instanceof Marker) return value.name
  if (value === null || typeof value === 'string' || typeof value === 'number') {
    return { always: value }
  }
  throw new Error(`expected parameters that no model encodes, in: ${sql}`)
}

/** Whether each column is a number of its own tells where it goes. */
function pathsOf(row: object, prefix = ''): readonly (readonly [number, string])[] {
  return Object.entries(row).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'number') return [[value, `${prefix}${name}`] as const]
    if (typeof value === 'object' && value !== null) return pathsOf(value, `${prefix}${name}.`)
    throw new Error(`expected columns that no model decodes, got ${name}`)
  })
}

type Orm = BetterSQLite3Database
type Make = (orm: Orm) => Readonly<Record<string, unknown>>
interface Prepared {
  get(values: Record<string, unknown>): unknown
  run(values: Record<string, unknown>): unknown
}

function preparedOf(make: Make, client: object, name: string): Prepared {
  const statement = make(drizzle(client as never))[name]
  if (typeof statement !== 'function') throw new Error(`expected a function for ${name}`)
  return (statement as () => Prepared)()
}

const mostColumns = 100

function compile(make: Make, name: string): CompiledStatement {
  const seen: Seen = { sql: '', parameters: [] }
  const numbers = Array.from({ length: mostColumns }, (_, index) => index)
  const row = preparedOf(make, fakeClient(seen, numbers), name).get(anyValues)
  const { sql } = seen
  const parameters = seen.parameters.map((value) => toParameter(value, sql))
  // What gives back no rows passes the client's own result on.
  if (Array.isArray(row)) return { sql, parameters, columns: [], optional: [] }
  const columns = pathsOf(row as object)
    .toSorted(([a], [b]) => a - b)
    .map(([, path]) => path)
  const nothing = numbers.map(() => null)
  const empty = preparedOf(make, fakeClient(seen, nothing), name).get(anyValues) as object
  const optional = Object.keys(empty).filter(
    (key) => columns.some((path) => path.startsWith(`${key}.`)) && Reflect.get(empty, key) === null,
  )
  return { sql, parameters, columns, optional }
}

/** Compiles all statements of a set, by what Drizzle does when they are run. */
export function compileStatements(make: Make): Readonly<Record<string, CompiledStatement>> {
  const names = Object.keys(make(drizzle(fakeClient({ sql: '', parameters: [] }, []) as never)))
  return Object.fromEntries(names.map((name) => [name, compile(make, name)]))
}
