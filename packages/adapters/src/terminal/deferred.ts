/** A promise with its handles outside. A rejection that nobody waits for is not an incident. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

/** `Promise.withResolvers`, which Node 20 does not have. */
export function deferred<T>(): Deferred<T> {
  let handles: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    handles = { resolve, reject }
  })
  promise.catch(() => undefined)
  return {
    promise,
    resolve: (value) => handles?.resolve(value),
    reject: (error) => handles?.reject(error),
  }
}
