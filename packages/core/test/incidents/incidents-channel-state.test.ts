import { expect, test } from 'vitest'
import { freshCore } from '../home.ts'

test('what happens again is the same open incident, counted; after its end it is a new one', async () => {
  const core = await freshCore()
  const about = { kind: 'delivery', subject: 'family', message: 'down' }
  const first = await core.incidents.open(about)
  expect(first).toMatchObject({ isNew: true, incident: { occurrences: 1, resolvedAt: null } })
  const again = await core.incidents.open({ ...about, message: 'still down' })
  expect(again).toMatchObject({
    isNew: false,
    incident: { id: first.incident.id, occurrences: 2, message: 'still down' },
  })
  expect(await core.incidents.open({ ...about, subject: 'office' })).toMatchObject({ isNew: true })
  expect(await core.incidents.resolve('delivery', 'family')).toBe(true)
  expect(await core.incidents.resolve('delivery', 'family')).toBe(false)
  expect(await core.incidents.open(about)).toMatchObject({
    isNew: true,
    incident: { occurrences: 1 },
  })
  const ids = async (open?: boolean) => (await core.incidents.list({ open })).map(({ id }) => id)
  expect(await ids(false)).toEqual([first.incident.id])
  expect(await ids(true)).toHaveLength(2)
  expect(await ids()).toHaveLength(3)
})

test('a channel keeps its state apart from other instances, across restarts', async () => {
  const core = await freshCore()
  const [one, two] = [core.channelState('test', ''), core.channelState('test', 'b')]
  expect(await one.get('offset')).toBeUndefined()
  await one.set('offset', '1')
  await one.set('offset', '2')
  await two.set('offset', '9')
  await core.close()
  const next = await freshCore({ home: core.layout.home })
  expect(await next.channelState('test', '').get('offset')).toBe('2')
  await next.channelState('test', '').delete('offset')
  expect(await next.channelState('test', '').get('offset')).toBeUndefined()
  expect(await next.channelState('test', 'b').get('offset')).toBe('9')
})
