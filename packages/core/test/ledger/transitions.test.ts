import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canBecome, deliveryBeginnings, deliveryTransitions } from '../../src/index.ts'
import { statuses } from './ledger-model.ts'

const ends: readonly string[] = ['delivered', 'failed', 'refused']

it('from wherever a path from a beginning leads, a row can still end', () => {
  const beginning = fc.constantFrom(...deliveryBeginnings)
  const choices = fc.array(fc.nat(6), { maxLength: 30 })
  fc.assert(
    fc.property(beginning, choices, (first, path) => {
      let at: (typeof statuses)[number] = first
      for (const choice of path) {
        const ways: readonly (typeof statuses)[number][] = deliveryTransitions[at]
        at = ways[choice % ways.length] ?? at
      }
      let reached = new Set<string>([at])
      for (let steps = 0; steps < statuses.length; steps += 1) {
        const next = statuses.filter((to) =>
          statuses.some((s) => reached.has(s) && canBecome(s, to)),
        )
        reached = new Set([...reached, ...next])
      }
      expect([...reached].some((status) => ends.includes(status))).toBe(true)
    }),
  )
})

it('every state is reached from a beginning, and nothing leaves `delivered` but to `failed`', () => {
  const targets = Object.values(deliveryTransitions).flat()
  for (const status of statuses) expect([...targets, ...deliveryBeginnings]).toContain(status)
  expect(statuses.filter((to) => to !== 'delivered' && canBecome('delivered', to))).toEqual([
    'failed',
  ])
})

it('only what has ended badly is queued again, and nothing is delivered that was not sent', () => {
  const into = (to: (typeof statuses)[number]) =>
    statuses.filter((from) => from !== to && canBecome(from, to))
  expect(into('queued')).toEqual(['failed', 'refused'])
  expect(into('delivered')).toEqual(['sending', 'ambiguous'])
  expect(into('ambiguous')).toEqual(['sending'])
  expect(into('refused')).not.toContain('ambiguous')
})
