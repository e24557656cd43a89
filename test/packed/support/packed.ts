import { inject } from 'vitest'
import type { Consumer } from './consumer.ts'

/** What was packed and installed for this run; throws when that did not succeed. */
export function packed(): Consumer {
  const consumer = inject('consumer')
  if ('problem' in consumer) throw new Error(consumer.problem)
  return consumer
}
