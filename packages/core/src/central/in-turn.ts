/** Does what is asked for under one key one after the other; under different keys, at once. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Nobody waits yet. Nothing is kept of a key that nobody is at. */
export function createInTurn(): InTurn {
  const lasts = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = lasts.get(key)
    const mine = before === undefined ? work() : before.then(work, work)
    lasts.set(key, mine)
    try {
      return await mine
    } finally {
      if (lasts.get(key) === mine) lasts.delete(key)
    }
  }
}
