// What opens database files: the only entry, beside the tables, with types of better-sqlite3 and
// Drizzle in its declarations.
export { acquireLock } from './database/connection.ts'
export { openDatabase } from './database/open.ts'
export type { OpenDatabase } from './database/open.ts'
export type { OpenDatabaseOptions, PlainDatabase } from './database/open-plain.ts'
export { templateBytes } from './database/template.ts'
