/** WAL where host and container share a kernel, else DELETE (architecture, "journal mode"). */
export type JournalMode = 'wal' | 'delete'

/** `full` survives a power cut, `normal` a kill. */
export type SyncMode = 'full' | 'normal'
