/** What `npm start` gives the daemon's node; a test compares it with `scripts/lib/daemon-node.mjs`. */
export const daemonNodeArguments: readonly string[] = ['--max-semi-space-size=16']

/** What it finds in its environment. */
export const daemonEnvironment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' }
