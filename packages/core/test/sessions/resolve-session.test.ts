import { fork } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { sessionKeys } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import type { SessionRequest } from '../../src/index.ts'
import { sessionIdentity } from '../../src/sessions/resolve-session.ts'
import { freshCore, makeChat, wiredPair } from '../home.ts'

test('[W2] 50 concurrent resolutions of one key give one session', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const request = {
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    threadId: null,
    sessionMode: 'shared',
  } as const
  const all = await Promise.all(Array.from({ length: 50 }, () => core.resolveSession(request)))
  expect(new Set(all.map(({ session }) => session.id)).size).toBe(1)
  expect(all.filter(({ created }) => created)).toHaveLength(1)
  expect(await core.sessions.list()).toHaveLength(1)
})

test('[W2] two processes that resolve the same 20 keys agree on 20 sessions', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const child = new URL('../children/resolve-threads.ts', import.meta.url)
  const results = await Promise.all(
    [1, 2].map(async () => {
      const resolver = fork(child, [core.layout.home, agent.id, chat.id, '20'], {
        execArgv: ['--conditions=@nanoclaw/source'],
      })
      const [message]: unknown[] = await once(resolver, 'message')
      return message
    }),
  )
  expect(results[0]).toHaveLength(20)
  expect(results[1]).toEqual(results[0])
  expect(await core.sessions.list()).toHaveLength(20)
})

test('[W2] two agents wired to one chat get two sessions', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const other = await core.agents.create({ name: 'Eve' })
  await core.wirings.create({ agentGroupId: other.id, messagingGroupId: chat.id })
  const ids = new Set<string>()
  for (const wiring of await core.wirings.forChat(chat.id)) {
    const { session } = await core.resolveSession({ ...wiring, threadId: null })
    ids.add(session.id)
  }
  expect(ids.size).toBe(2)
  const sessions = await core.sessions.forChat(chat.id)
  expect(sessions.map((session) => session.agentGroupId)).toEqual([agent.id, other.id])
})

test('every mode cuts sessions as the protocol says', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const office = await makeChat(core, 'office')
  const resolve = async (
    messagingGroupId: string,
    threadId: string | null,
    sessionMode: 'shared' | 'per-thread' | 'agent-shared',
  ) => {
    const request = { agentGroupId: agent.id, messagingGroupId, threadId, sessionMode }
    return (await core.resolveSession(request)).session
  }
  const shared = await resolve(chat.id, null, 'shared')
  expect((await resolve(chat.id, 't1', 'shared')).id).toBe(shared.id)
  expect((await resolve(office.id, null, 'shared')).id).not.toBe(shared.id)
  expect(shared).toMatchObject({ messagingGroupId: chat.id, threadId: null, epoch: 0 })

  const thread = await resolve(chat.id, 't1', 'per-thread')
  expect((await resolve(chat.id, 't1', 'per-thread')).id).toBe(thread.id)
  expect((await resolve(chat.id, 't2', 'per-thread')).id).not.toBe(thread.id)
  expect((await resolve(chat.id, null, 'per-thread')).id).not.toBe(thread.id)
  expect((await resolve(office.id, 't1', 'per-thread')).id).not.toBe(thread.id)
  expect(thread).toMatchObject({ messagingGroupId: chat.id, threadId: 't1' })

  const agentShared = await resolve(chat.id, 't1', 'agent-shared')
  expect((await resolve(office.id, null, 'agent-shared')).id).toBe(agentShared.id)
  expect(agentShared).toMatchObject({ messagingGroupId: null, threadId: null })

  const agentGroupId = agent.id
  const mail = await core.resolveSession({ agentGroupId, sessionMode: 'mail' })
  const task = await core.resolveSession({ agentGroupId, sessionMode: 'task', scheduleId: 's1' })
  const again = await core.resolveSession({ agentGroupId, sessionMode: 'task', scheduleId: 's1' })
  const next = await core.resolveSession({ agentGroupId, sessionMode: 'task', scheduleId: 's2' })
  expect(mail.session.key).toBe(sessionKeys.mail(agent.id))
  expect(again).toEqual({ session: task.session, created: false })
  expect(next.created).toBe(true)
})

test('a session of an unknown agent or chat is refused', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const request = { threadId: null, sessionMode: 'shared' } as const
  await expect(
    core.resolveSession({ ...request, agentGroupId: 'ag-unknown00', messagingGroupId: chat.id }),
  ).rejects.toMatchObject({ code: 'not-found' })
  await expect(
    core.resolveSession({ ...request, agentGroupId: agent.id, messagingGroupId: 'mg-unknown00' }),
  ).rejects.toMatchObject({ code: 'not-found' })
  expect(await core.sessions.list()).toEqual([])
})

test('keys are equal exactly where the protocol counts two requests as one session', () => {
  const name = fc.constantFrom('a', 'b', 'a","b', '"', 'a"]', 'null', '')
  const request: fc.Arbitrary<SessionRequest> = fc.oneof(
    fc.record({
      agentGroupId: name,
      messagingGroupId: name,
      threadId: fc.option(name),
      sessionMode: fc.constantFrom('shared', 'per-thread', 'agent-shared'),
    }),
    fc.record({ agentGroupId: name, sessionMode: fc.constant('mail') }),
    fc.record({ agentGroupId: name, sessionMode: fc.constant('task'), scheduleId: name }),
  )
  const counted = (each: SessionRequest): unknown[] => {
    switch (each.sessionMode) {
      case 'shared':
        return ['shared', each.agentGroupId, each.messagingGroupId]
      case 'per-thread':
        return ['thread', each.agentGroupId, each.messagingGroupId, each.threadId]
      case 'task':
        return ['task', each.agentGroupId, each.scheduleId]
      case 'agent-shared':
      case 'mail':
        return [each.sessionMode, each.agentGroupId]
    }
  }
  fc.assert(
    fc.property(request, request, (a, b) => {
      const sameKey = sessionIdentity(a).key === sessionIdentity(b).key
      expect(sameKey).toBe(JSON.stringify(counted(a)) === JSON.stringify(counted(b)))
    }),
    { numRuns: 1000 },
  )
})
