import { expect, it } from 'vitest'
import { badEnds } from '../scenarios/bad-ends.ts'
import { surviveCrashes, wrongOf, crashEverywhere } from '../support/crash-everywhere.ts'
import { makeTemplate } from '../support/world.ts'
it('one', async () => {
  const scenario = badEnds.at(-1)!
  const template = await makeTemplate(scenario)
  const w = await surviveCrashes(scenario, template, 'wal', [])
  console.log(wrongOf([w]), w.calls[0]?.length)
  const worlds = await crashEverywhere({ scenario, journal: 'wal', only: 'mailbox.settle' })
  console.log(worlds.length)
  expect(wrongOf([w, ...worlds])).toEqual([])
}, 200_000)
