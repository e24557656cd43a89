import { sql } from 'drizzle-orm'

/** `LIMIT ?` is prepared anew at every run, since its value might change the plan; a sum is not looked into. */
export function limitOf(name: string): number {
  const limit: unknown = sql`${sql.placeholder(name)} + 0`
  // Drizzle writes any expression here, but types only its own placeholder.
  return limit as number
}

/** One row, in the statement itself. */
export function limitOne(): number {
  const limit: unknown = sql`1`
  return limit as number
}
