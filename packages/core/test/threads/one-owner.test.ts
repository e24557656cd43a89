import { isBusy } from '@nanoclaw/schema'
import { expect, onTestFinished, test } from 'vitest'
import { freshCore } from '../home.ts'
import { oneOwner } from '../../src/threads/one-owner.ts'
import { createThreadPool } from '../../src/threads/thread-pool.ts'
import { row, threads as sessionsOf } from '../events/workbench.ts'
import { countingEntry, type Counter } from './support/counting-main.ts'

function owned() {
  const threads = oneOwner(createThreadPool({ maximum: 4, entry: countingEntry }))
  onTestFinished(() => threads.close())
  const open = (path: string, from = 0) => threads.open<Counter>('counter', { path, from } as never)
  return { threads, open }
}

const sharedCount = () => ({ from: 0, shared: new SharedArrayBuffer(4) })

test('whoever opens a file that is open has it in the same thread, and moves with it', async () => {
  const { threads: owner, open } = owned()
  // Counts on in whichever thread it is; the second of those who open it counts where the first does.
  const counted = () => owner.open<Counter>('counter', { path: 'a', ...sharedCount() })
  const [one, two] = await Promise.all([counted(), counted()])
  const others = await Promise.all(['b', 'c', 'd', 'e'].map((path) => open(path)))
  expect(await Promise.all([one.call('add', 1), two.call('add', 1)])).toEqual([1, 2])
  const threads = new Set<number>()
  for (let round = 0; round < 30 && threads.size < 2; round += 1) {
    await Promise.all([one, ...others].map((file) => file.call('wait', 5)))
    const [at, with_] = await Promise.all([one.call('thread'), two.call('thread')])
    expect(with_).toBe(at)
    threads.add(at)
  }
  expect(await two.call('add', 1)).toBe(3)
})

test('a handle waits for its own when it is closed, and the last closes the file', async () => {
  const { threads, open } = owned()
  const [one, two] = await Promise.all([open('a'), open('a')])
  const done: string[] = []
  const waited = one.call('wait', 30).then(() => done.push('waited'))
  await one.close()
  await one.close()
  expect(done).toEqual(['waited'])
  await waited
  await expect(one.call('add', 1)).rejects.toMatchObject({ code: 'closed' })
  expect(await two.call('add', 1)).toBe(1)
  void two.call('wait', 30)
  const closed = two.close().then(() => done.push('closed'))
  const anew = await open('a', 5)
  expect(done).toEqual(['waited', 'closed'])
  await closed
  expect(await anew.call('add', 1)).toBe(6)
  await expect(open('b', -1)).rejects.toMatchObject({ code: 'bad-option' })
  expect(await (await open('b', 1)).call('add', 1)).toBe(2)
  await threads.close()
  await expect(open('a')).rejects.toMatchObject({ code: 'closed' })
})

test('two mailboxes of one session never meet each other’s locks, whatever the disk does', async () => {
  const core = await freshCore({ databaseThreads: 4 })
  const sessions = await sessionsOf(core, 5)
  const [mailbox, ...others] = await Promise.all(
    sessions.map(({ agentGroupId, id }) => core.mailboxes.open(agentGroupId, id)),
  )
  const [session] = sessions
  if (!session || !mailbox) throw new Error('a session')
  const rows = Array.from({ length: 40 }, () => row)
  let left = 25
  const load = others.map(async (other) => {
    while (left > 0) await other.append(rows)
  })
  const busy: unknown[] = []
  const note = (error: unknown) => busy.push(error)
  while ((left -= 1) > 0) {
    const second = await core.mailboxes.openExisting(session.agentGroupId, session.id)
    if (second === undefined) throw new Error('a mailbox')
    await Promise.all([mailbox, second].map((each) => each.append(rows).catch(note)))
    await second.close()
  }
  await Promise.all(load)
  expect(busy.filter(isBusy)).toEqual([])
})
