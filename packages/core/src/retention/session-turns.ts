/** Runs `work` when whatever came before it for this session has ended. */
export type InSessionTurn = <T>(sessionId: string, work: () => Promise<T>) => Promise<T>

/**
 * What archives and removes in a session, one after the other: pruning and forgetting each read the
 * archive and the mailbox, and write both by what they have read.
 */
export function createSessionTurns(): InSessionTurn {
  const last = new Map<string, Promise<unknown>>()
  return async (sessionId, work) => {
    const before = last.get(sessionId)
    const turn = (async () => {
      await before?.catch(() => undefined)
      return await work()
    })()
    last.set(sessionId, turn)
    try {
      return await turn
    } finally {
      if (last.get(sessionId) === turn) last.delete(sessionId)
    }
  }
}
