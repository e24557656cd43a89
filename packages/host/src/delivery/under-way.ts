/** Which send of which session a key names. */
export interface SendRef {
  readonly sessionId: string
  readonly messageOutId: string
  /** Counted from 0. */
  readonly part: number
}

/** The sends of sessions that are awake, by key: a platform may report on one before it is settled. */
export interface UnderWay {
  add(key: string, ref: SendRef): void
  delete(key: string): void
  find(key: string): SendRef | undefined
}

/** An empty one. */
export function createUnderWay(): UnderWay {
  const refs = new Map<string, SendRef>()
  return {
    add: (key, ref) => void refs.set(key, ref),
    delete: (key) => void refs.delete(key),
    find: (key) => refs.get(key),
  }
}
