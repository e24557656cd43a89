/** SQLite's own wait for a lock of the central database; longer waits happen off the event loop. */
export const lockTimeoutMs = 50
