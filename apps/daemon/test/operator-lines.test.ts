import { expect, test } from 'vitest'
import { operatorLines } from '../src/commands/operator-lines.ts'

test('the status names each way to the operator that fails, and how much he was not told', () => {
  const works = { name: 'chat owner of slack' }
  const fails = {
    name: 'webhook example.org',
    failingSince: '2026-01-31T12:00:00.000Z',
    why: 'it answered 500,\nexpected 200 to 299',
  }
  expect(operatorLines({ untold: 2, sinks: [works, fails] })).toEqual([
    'Operator:   webhook example.org takes nothing since 2026-01-31T12:00:00.000Z: it answered 500, expected 200 to 299',
    'Operator:   not told yet of 2 open incidents',
  ])
  expect(operatorLines({ untold: 0, sinks: [works] })).toEqual([])
  expect(operatorLines({ untold: 3, sinks: [] }), 'nobody is to be told').toEqual([])
})
