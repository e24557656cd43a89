import type { IdPrefix, Ids } from '@nanoclaw/schema'

const digits = 8

/**
 * Ids that a test can foresee: `ag-00000001`, `ag-00000002`, `sess-00000001` … , counted for each
 * prefix, of the form that the session protocol asks for. For one core and what is reopened of it:
 * on a home that has such ids already, a new counter would repeat them.
 */
export function createSequentialIds(): Ids {
  const counts = new Map<IdPrefix, number>()
  return {
    next(prefix) {
      const count = (counts.get(prefix) ?? 0) + 1
      counts.set(prefix, count)
      return `${prefix}-${String(count).padStart(digits, '0')}`
    },
  }
}
