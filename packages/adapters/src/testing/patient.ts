import { within } from './within.ts'

/** How long a call may take, and what is thrown when it takes longer. */
export interface Limit {
  ms(call: string): number
  late(call: string): never
}

/** The same object, of which no promise is waited for longer than that. */
export function patient<T extends object>(target: T, { ms, late }: Limit): T {
  return new Proxy(target, {
    get: (_target, key) => {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, given)
        if (!(result instanceof Promise)) return result
        const call = `${nameOf(key)}()`
        return within(result, ms(call), () => late(call))
      }
    },
  })
}

function nameOf(key: string | symbol): string {
  return typeof key === 'string' ? key : `[${key.description ?? ''}]`
}
