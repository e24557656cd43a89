import { timestamp, systemClock } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import { createInbox } from '../../src/runner/inbox.ts'
import { openSessionDatabases } from '../../src/runner/open-session.ts'
import { folder } from '../support/local-runners.ts'

test.each(['wal', 'delete'] as const)(
  '[W5] after a refresh everything is as the host has written it (%s)',
  async (journal) => {
    const s = folder(journal)
    const { inbound } = await openSessionDatabases(s, () => Promise.resolve())
    const inbox = createInbox(inbound)
    const look = () => {
      inbox.refresh()
      return {
        due: inbox.due(() => timestamp(systemClock)).map((row) => row.id),
        names: inbox.destinations().map((entry) => entry.name),
        routing: inbox.routing()?.platformId,
        largest: inbox.largestSeq(),
        unaddressed: inbox.unaddressedOutput(),
      }
    }
    expect(look()).toMatchObject({ due: [], names: ['terminal'], largest: 0 })
    const row = s.append({ text: 'a' })
    expect(look()).toMatchObject({ due: [row.id], largest: 2 })
    s.setDestination('work', 'desk')
    s.setRouting('tty')
    s.setHostState('unaddressed_output', 'origin')
    s.setHostState('outbound_cursor', '9')
    s.setRow(row.id, { status: 'completed' })
    expect(look()).toEqual({
      due: [],
      names: ['terminal', 'work'],
      routing: 'tty',
      largest: 9,
      unaddressed: 'origin',
    })
  },
)

test('a row becomes due although nothing was written', async () => {
  const s = folder()
  const { inbound } = await openSessionDatabases(s, () => Promise.resolve())
  const inbox = createInbox(inbound)
  const row = s.append({ text: 'a', processAfter: '2030-01-01T00:00:00.000Z' })
  inbox.refresh()
  expect(inbox.due(() => '2029-12-31T23:59:59.999Z')).toEqual([])
  inbox.refresh()
  expect(inbox.due(() => '2030-01-01T00:00:00.000Z').map(({ id }) => id)).toEqual([row.id])
})
