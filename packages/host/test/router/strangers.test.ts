import type { HandOverResult, MessageEvent } from '@nanoclaw/adapters'
import { createMemoryCore } from '@nanoclaw/core/testing'
import type { Core, NewInbound } from '@nanoclaw/core'
import { longestContent } from '@nanoclaw/schema'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLetIn } from '../../src/router/let-in.ts'
import { createRouter } from '../../src/router/route-event.ts'

const channel = { channelType: 'test', instance: '' }
const account = (handle: string) => ({ channelType: 'test', channelInstance: '', handle })

/** Agents that listen in the group `room`, and what each has been given. */
async function scene(agents: readonly string[] = ['Ada']) {
  const core: Core = await createMemoryCore()
  onTestFinished(() => core.close())
  const chat = await core.chats.create({ channelType: 'test', platformId: 'room', name: 'room' })
  const given: { agent: string; text: string; trigger: boolean }[] = []
  const ids: Record<string, string> = {}
  for (const name of agents) {
    const { id } = await core.agents.create({ name })
    ids[name] = id
    await core.wirings.create({ agentGroupId: id, messagingGroupId: chat.id })
  }
  const append = async (
    session: { agentGroupId: string; id: string },
    rows: readonly NewInbound[],
  ) => {
    const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
    const appended = await mailbox.append(rows).finally(() => mailbox.close())
    const agent = Object.keys(ids).find((name) => ids[name] === session.agentGroupId) ?? ''
    for (const [index, { outcome }] of appended.entries()) {
      const row = rows[index]
      if (outcome !== 'accepted' || row === undefined) continue
      const text = String(Reflect.get(Object(row.content), 'text'))
      given.push({ agent, text, trigger: row.trigger ?? true })
    }
    return appended
  }
  const { arrive, route } = createRouter({ core, limits: { contentBytes: longestContent } })
  let count = 0
  const say = async (
    handle: string,
    text: string,
    how: Partial<MessageEvent> = {},
  ): Promise<HandOverResult> => {
    const event: MessageEvent = {
      type: 'message',
      ...{ instance: '', chatId: 'room', threadId: null, chatKind: 'group', addressed: 'none' },
      sender: { id: handle, name: handle, isBot: false, isSelf: false },
      platformMessageId: `m${(count += 1)}`,
      sentAt: '2026-01-31T12:00:00.000Z',
      attachments: [],
      text,
      ...how,
    }
    await arrive(channel, event)
    return route(channel, event, append)
  }
  return {
    ...{ core, chat, ids, given, say },
    letIn: (id: string) => letIn(core, id),
  }

  async function letIn(of: Core, id: string) {
    const approval = await of.approvals.get(id)
    if (approval === undefined) throw new Error('expected a request')
    return createLetIn(of, route, append)(approval)
  }
}

const pendingOf = (core: Core) => core.approvals.list({ status: 'pending' })

async function decide(core: Core, id: string, decision: 'approve' | 'reject') {
  const approval = await core.approvals.get(id)
  const digest = approval?.digest ?? ''
  return core.approvals.decide(id, { digest, decision, by: { type: 'operator' }, via: 'command' })
}

describe('a chat that is strict', () => {
  it('gives an agent nothing of a stranger, and tells the operator once how to let them in', async () => {
    const { core, chat, say, given, ids } = await scene()
    const rejected = { outcome: 'rejected', reason: expect.stringMatching(/no member/) }
    expect(await say('mallory', 'hello')).toEqual(rejected)
    expect(await say('mallory', 'hello?')).toEqual(rejected)
    expect(await say('eve', 'hello')).toEqual(rejected)
    expect(given).toEqual([])
    expect(await core.sessions.list({})).toEqual([])
    const [incident, ...more] = await core.incidents.list()
    expect(more).toEqual([])
    expect(incident).toMatchObject({ kind: 'unknown-sender', subject: chat.id, occurrences: 1 })
    expect(incident?.message).toContain('nanoclaw users add test:mallory --role member --agent ada')
    await core.people.add({
      ...account('mallory'),
      role: { role: 'member', agentGroupId: ids['Ada'] },
    })
    expect(await say('mallory', 'now?')).toEqual({ outcome: 'accepted' })
    expect(given).toEqual([{ agent: 'Ada', text: 'now?', trigger: true }])
  })

  it('asks each agent whether the sender is one of its members', async () => {
    const { core, say, given, ids } = await scene(['Ada', 'Bob'])
    await core.people.add({ ...account('ann'), role: { role: 'admin', agentGroupId: ids['Bob'] } })
    expect(await say('ann', 'hello')).toEqual({ outcome: 'accepted' })
    expect(given.map(({ agent }) => agent)).toEqual(['Bob'])
  })

  it('says nothing of strangers who talk among themselves', async () => {
    const { core, chat, say } = await scene()
    const [wiring] = await core.wirings.forChat(chat.id)
    await core.wirings.update(wiring?.id ?? '', { engageMode: 'mention' })
    expect(await say('mallory', 'hello')).toMatchObject({ outcome: 'rejected' })
    expect(await core.incidents.list()).toEqual([])
    await say('mallory', 'Ada?', { addressed: 'mention' })
    expect(await core.incidents.list()).toHaveLength(1)
  })

  it('shows a stranger’s name and id so that nothing of it is run by who copies the command', async () => {
    const { core, say } = await scene()
    await say("x; rm -rf ~ \u202E\u0007\n$(id)'", 'hello')
    const [incident] = await core.incidents.list()
    expect(incident?.message).toContain("users add 'test:x; rm -rf ~ $(id)'\\''' --role")
    expect(incident?.message).not.toMatch(/[\u0007\n\u202E]/)
  })
})

it('what does not engage is dropped, or kept as context where the wiring says so', async () => {
  const { core, chat, say, given } = await scene(['Ada', 'Bob'])
  await core.people.add({ ...account('ann'), role: { role: 'member' } })
  const [ada, bob] = await core.wirings.forChat(chat.id)
  await core.wirings.update(ada?.id ?? '', { engageMode: 'mention', ignored: 'accumulate' })
  await core.wirings.update(bob?.id ?? '', { engageMode: 'mention' })
  expect(await say('ann', 'one')).toEqual({ outcome: 'accepted' })
  expect(await say('mallory', 'two')).toMatchObject({ outcome: 'rejected' })
  expect(await say('ann', 'three', { addressed: 'mention' })).toEqual({ outcome: 'accepted' })
  expect(given).toEqual([
    { agent: 'Ada', text: 'one', trigger: false },
    { agent: 'Ada', text: 'three', trigger: true },
    { agent: 'Bob', text: 'three', trigger: true },
  ])
})

it('a chat that is public gives an agent what anybody says', async () => {
  const { core, chat, say, given } = await scene()
  await core.chats.update(chat.id, { unknownSenders: 'public' })
  expect(await say('mallory', 'hello')).toEqual({ outcome: 'accepted' })
  expect(given).toHaveLength(1)
  expect(await core.incidents.list()).toEqual([])
})

describe('a chat where a person is asked about strangers', () => {
  async function asking(agents?: readonly string[]) {
    const all = await scene(agents)
    await all.core.chats.update(all.chat.id, { unknownSenders: 'request_approval' })
    return all
  }

  it('keeps what they say, asks once, and routes it after the yes as if it had just come [X18]', async () => {
    const all = await asking()
    const { say, given, letIn } = all
    expect(await say('mallory', 'one', { platformMessageId: 'a' })).toEqual({ outcome: 'accepted' })
    expect(await say('mallory', 'one', { platformMessageId: 'a' })).toEqual({
      outcome: 'duplicate',
    })
    expect(await say('mallory', 'two')).toEqual({ outcome: 'accepted' })
    const [approval, ...more] = await pendingOf(all.core)
    expect(more).toEqual([])
    const id = approval?.id ?? ''
    expect(approval).toMatchObject({ action: 'unknown_sender', onUserId: 'test:mallory' })
    expect(given).toEqual([])
    expect(await decide(all.core, id, 'approve')).toMatchObject({ outcome: 'approved' })
    expect(await letIn(id)).toEqual({ outcome: 'applied' })
    expect(given.map(({ text }) => text)).toEqual(['one', 'two'])
    expect(await letIn(id)).toEqual({ outcome: 'applied' })
    expect(await say('mallory', 'one', { platformMessageId: 'a' })).toEqual({
      outcome: 'duplicate',
    })
    expect(await say('mallory', 'three')).toEqual({ outcome: 'accepted' })
    expect(given.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  })

  it('drops what was kept with a no, and says no from then on', async () => {
    const { core, say, given } = await asking()
    await say('mallory', 'one')
    const [approval] = await pendingOf(core)
    const id = approval?.id ?? ''
    await decide(core, id, 'reject')
    expect(await core.held.list(id, 10)).toEqual([])
    expect(await say('mallory', 'two')).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/said no/),
    })
    await expect(core.held.letIn(id)).rejects.toMatchObject({ code: 'bad-state' })
    expect(given).toEqual([])
    expect(await core.people.isMember(approval?.agentGroupId ?? '', 'test:mallory')).toBe(false)
  })

  it('asks for each agent by itself, and lets in to the one of the yes', async () => {
    const { core, say, given, ids, letIn } = await asking(['Ada', 'Bob'])
    await say('mallory', 'hello')
    const waiting = await pendingOf(core)
    expect(waiting.map(({ agentGroupId }) => agentGroupId).toSorted()).toEqual(
      [ids['Ada'], ids['Bob']].toSorted(),
    )
    const ofBob = waiting.find(({ agentGroupId }) => agentGroupId === ids['Bob'])?.id ?? ''
    await decide(core, ofBob, 'approve')
    await letIn(ofBob)
    expect(given.map(({ agent }) => agent)).toEqual(['Bob'])
    expect(await pendingOf(core)).toHaveLength(1)
  })

  it('lets in who writes between the yes and its doing', async () => {
    const { core, say, given, letIn } = await asking()
    await say('mallory', 'one')
    const [approval] = await pendingOf(core)
    const id = approval?.id ?? ''
    await decide(core, id, 'approve')
    expect(await say('mallory', 'two')).toEqual({ outcome: 'accepted' })
    await letIn(id)
    expect(given.map(({ text }) => text)).toEqual(['two', 'one'])
  })

  it('keeps a hundred messages of one stranger at most, and tells the operator', async () => {
    const { core, say } = await asking()
    for (let n = 0; n < 100; n += 1) await say('mallory', `${n}`)
    expect(await say('mallory', 'more')).toMatchObject({ outcome: 'rejected' })
    expect(await core.incidents.list()).toMatchObject([{ kind: 'unknown-sender' }])
  })

  it('asks nobody about reactions, or about what is only context', async () => {
    const { core, chat, say } = await asking()
    const [wiring] = await core.wirings.forChat(chat.id)
    await core.wirings.update(wiring?.id ?? '', { engageMode: 'mention', ignored: 'accumulate' })
    expect(await say('mallory', 'hello')).toMatchObject({ outcome: 'rejected' })
    expect(await pendingOf(core)).toEqual([])
  })
})

describe('an unknown chat', () => {
  const elsewhere = { chatId: 'elsewhere' } as const

  it('is nothing unless the bot is spoken to; then the operator is told, and no session is made', async () => {
    const { core, say } = await scene()
    expect(await say('ann', 'hello', elsewhere)).toMatchObject({ outcome: 'rejected' })
    expect(await core.chats.list()).toHaveLength(1)
    const spoken = { ...elsewhere, addressed: 'mention' } as const
    expect(await say('ann', 'hello', spoken)).toMatchObject({ outcome: 'rejected' })
    await say('ann', 'hello?', spoken)
    const chat = (await core.chats.list())[1]
    expect(chat).toMatchObject({ platformId: 'elsewhere', unknownSenders: 'strict', kind: 'group' })
    expect(await core.incidents.list()).toMatchObject([
      { kind: 'unknown-chat', message: expect.stringContaining(`nanoclaw wire AGENT ${chat?.id}`) },
    ])
    expect(await core.sessions.list({})).toEqual([])
  })

  it('makes twenty rows an hour at most, whoever writes', async () => {
    const { core, say } = await scene()
    for (let n = 0; n < 30; n += 1) {
      const direct = { chatId: `c${n}`, chatKind: 'direct', addressed: 'direct' } as const
      await say(`stranger-${n}`, 'hello', direct)
    }
    expect(await core.chats.list()).toHaveLength(21)
  })

  it('that somebody has deleted stays so', async () => {
    const { core, chat, say } = await scene()
    await core.chats.delete(chat.id)
    await say('ann', 'hello', { addressed: 'mention' })
    expect(await core.chats.list()).toEqual([])
    expect(await core.incidents.list()).toEqual([])
  })
})

it('the direct chat of one who is known is remembered', async () => {
  const { core, say } = await scene()
  await core.people.add(account('ann'))
  const direct = { chatId: 'dm', chatKind: 'direct', addressed: 'direct' } as const
  await say('ann', 'hello')
  expect(await core.people.user('test:ann')).toMatchObject({ directChatId: null })
  await say('ann', 'hello', direct)
  const chat = await core.chats.find({ channelType: 'test', channelInstance: '', platformId: 'dm' })
  expect(await core.people.user('test:ann')).toMatchObject({ directChatId: chat?.id })
})
