/**
 * What the daemon's node is started with. V8 lets the nursery of a busy process grow to 128 MB, and
 * lets as much garbage more stand in the rest of the heap; 16 MB for each half cost a few hundredths
 * of the processor's time under full load, and nothing otherwise.
 * @type {readonly string[]}
 */
export const daemonNodeArguments = ['--max-semi-space-size=16']

/**
 * What its environment says where it says nothing of that itself. The C library keeps memory that has
 * been freed apart for each thread, and would keep that of database threads after they have ended:
 * some 10 MB each.
 * @type {Readonly<Record<string, string>>}
 */
export const daemonEnvironment = { MALLOC_ARENA_MAX: '1' }
