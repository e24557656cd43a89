/** A map that forgets its oldest entries. */
export interface BoundedMap<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string): void
  /** Forgets everything. */
  clear(): void
}

/** Remembers at most `limit` values; `onForgotten` is given each that had to go, or was cleared. */
export function rememberAtMost<T>(
  limit: number,
  onForgotten: (value: T) => void = () => undefined,
): BoundedMap<T> {
  const values = new Map<string, T>()
  const forget = (key: string, value: T): void => {
    values.delete(key)
    onForgotten(value)
  }
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.set(key, value)
      const [oldest] = values.size > limit ? values : []
      if (oldest !== undefined) forget(...oldest)
    },
    delete: (key) => void values.delete(key),
    clear: () => {
      for (const [key, value] of values) forget(key, value)
    },
  }
}
