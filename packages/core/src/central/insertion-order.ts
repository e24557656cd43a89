import { sql } from 'drizzle-orm'

/** Orders rows of any table as they were made, which neither ids nor a clock that may jump can. */
export const insertion = sql<number>`rowid`
