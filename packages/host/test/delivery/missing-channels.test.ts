import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, it } from 'vitest'
import { createMissingChannels } from '../../src/delivery/missing-channels.ts'
import { silentLogger } from '../../src/silent-logger.ts'

it('a channel that is missing is one incident, whoever waits, and over when it is there', async () => {
  await using core = await createMemoryCore()
  const { incidents } = core
  const channel = { channelType: 'sms', instance: 'two' }
  const before = createMissingChannels({ incidents, logger: silentLogger })
  before.missing(channel)
  before.missing(channel)
  await before.settled()
  expect(await incidents.list({ open: true })).toMatchObject([
    { kind: 'channel-missing', subject: 'sms/two', occurrences: 1 },
  ])
  const after = createMissingChannels({ incidents, logger: silentLogger })
  after.found(channel)
  await after.settled()
  expect(await incidents.list({ open: true })).toEqual([])
})

it('one that is still missing when its incident was resolved by hand is told of again', async () => {
  await using core = await createMemoryCore()
  const { incidents } = core
  let now = 0
  const channel = { channelType: 'sms', instance: '' }
  const missing = createMissingChannels({ incidents, logger: silentLogger, now: () => now })
  missing.missing(channel)
  await missing.settled()
  await incidents.resolve('channel-missing', 'sms')
  for (const at of [599_999, 600_000, 600_001]) {
    now = at
    missing.missing(channel)
  }
  await missing.settled()
  expect(await incidents.list({ open: true })).toMatchObject([{ subject: 'sms', occurrences: 1 }])
})
