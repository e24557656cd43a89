import { closeSync, openSync, readSync } from 'node:fs'

/** Offset of `iChange` in the header of a WAL index: one more with each commit (SQLite's wal.c). */
const changeCounter = 8

/** Counts the commits of one database in WAL mode, from outside. */
export interface CommitCount {
  /** Commits so far; only differences mean something. */
  read(): number
  /** Only when this process has closed the database: it drops the process's locks on it. */
  close(): void
}

/** Counts commits of an open database by its shared memory: no connection, no lock, no query. */
export function countCommits(databasePath: string): CommitCount {
  const file = openSync(`${databasePath}-shm`, 'r')
  const counter = Buffer.alloc(4)
  return {
    read() {
      readSync(file, counter, 0, 4, changeCounter)
      return counter.readUInt32LE()
    },
    close: () => closeSync(file),
  }
}
