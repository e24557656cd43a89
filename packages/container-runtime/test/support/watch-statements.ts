import type { PlainDatabase } from '@nanoclaw/schema/plain'
import { vi } from 'vitest'

type Database = PlainDatabase['sqlite']
type Statement = ReturnType<Database['prepare']>

const methods = ['run', 'get', 'all', 'iterate'] as const

/** Notes the text of every statement that these connections execute, until it is told to stop. */
export function watchStatements(connections: readonly Database[]): {
  readonly seen: string[]
  stop(): void
} {
  const seen: string[] = []
  const prototype = Object.getPrototypeOf(connections[0]?.prepare('SELECT 1')) as Statement
  const spies = methods.map((method) => {
    const original = prototype[method] as (...args: unknown[]) => never
    return vi.spyOn(prototype, method).mockImplementation(function (
      this: Statement,
      ...args: unknown[]
    ) {
      if (connections.includes(this.database)) seen.push(this.source)
      return original.apply(this, args)
    })
  })
  return {
    seen,
    stop: () => {
      for (const spy of spies) spy.mockRestore()
    },
  }
}
