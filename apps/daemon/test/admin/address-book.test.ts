import { describe, expect, it } from 'vitest'
import { testDesk, type TestDesk } from './desk.ts'

async function furnished(): Promise<TestDesk> {
  const desk = await testDesk()
  await desk.does('agents create', { name: 'Ada' })
  await desk.does('agents create', { name: 'Bob', admin: true })
  await desk.does('chats add', { place: 'far:kitchen', name: 'Kitchen' })
  await desk.does('chats add', { place: 'far/second:C1' })
  return desk
}

describe('agents', () => {
  it('are made, changed and listed', async () => {
    const { does, says } = await furnished()
    const change = { agent: 'ada', retentionDays: '7', archive: false, admin: true }
    expect(await does('agents set', change)).toMatchObject({
      agent: { name: 'Ada', isAdmin: true, retentionDays: 7, archive: false },
    })
    await does('agents set', { agent: 'ada', admin: false, retentionDays: 'forever' })
    expect(await does('agents list')).toMatchObject({
      agents: [
        { name: 'Ada', isAdmin: false, retentionDays: null, archive: false, chats: [] },
        { name: 'Bob', isAdmin: true, chats: [] },
      ],
    })
    expect(await says('agents list')).toMatch(/^NAME +PROVIDER .*\nAda +scripted +no +ada +ag-/)
    for (const wrong of [{}, { retentionDays: '0' }, { retentionDays: 'x' }]) {
      const input = { agent: 'ada', ...wrong }
      await expect(does('agents set', input)).rejects.toMatchObject({ code: 'usage', exitCode: 2 })
    }
  })

  it('are shown with whom they hear and may write to', async () => {
    const { does, says } = await furnished()
    await does('wire', { agent: 'ada', chat: 'kitchen', localName: 'home' })
    expect(await does('agents show', { agent: 'ada' })).toMatchObject({
      wirings: [{ chat: 'Kitchen', engageMode: 'always' }],
      destinations: [{ localName: 'home', to: 'far:kitchen' }],
    })
    expect(await says('agents show', { agent: 'ada' })).toMatch(
      /^Agent: +Ada\n[^]*\nHears: +Kitchen \(always, shared\)\nMay write to: +home: far:kitchen \(mem/,
    )
  })
})

describe('chats', () => {
  it('are added by place; the terminal has more of them by name', async () => {
    const { does, says } = await furnished()
    expect(await does('chats add', { place: 'terminal', name: 'Study' })).toMatchObject({
      chat: { place: 'terminal/study:terminal', name: 'Study' },
    })
    expect(await says('chats list')).toMatch(/\nC1 +far\/second:C1 +strict +mg-\S+ +-\nStudy/)
    const again = does('chats add', { place: 'terminal', name: 'study' })
    await expect(again).rejects.toMatchObject({ code: 'taken' })
    const nameless = does('chats add', { place: 'terminal' })
    await expect(nameless).rejects.toMatchObject({ code: 'bad-option' })
    await expect(does('chats add', { place: 'kitchen' })).rejects.toMatchObject({
      message: 'expected a place as CHANNEL:ID, such as telegram:4711, got "kitchen"',
    })
  })
})

describe('wirings', () => {
  it('have an agent listen, as told', async () => {
    const { does, says } = await furnished()
    const input = { agent: 'bob', chat: 'far/second:C1', engage: 'mention', session: 'per-thread' }
    expect(await says('wire', { ...input, priority: '3', localName: 'Hall' })).toBe(
      'Bob listens to C1 (mention), and calls it hall.',
    )
    expect(await says('wirings')).toMatch(/\nBob +C1 +mention +per-thread +3$/)
    expect(await does('chats list')).toMatchObject({ chats: [{ agents: [] }, { agents: ['Bob'] }] })
  })
})

describe('destinations', () => {
  it('are granted, changed, renamed and revoked', async () => {
    const { core, does, says } = await furnished()
    const grant = { agent: 'ada', target: 'agent:bob', name: 'helper', when: 'anyone' }
    expect(await says('destinations grant', grant)).toBe(
      'Ada may write to agent:Bob (anyone), and calls it helper.',
    )
    await does('destinations grant', { agent: 'ada', target: 'Bob', when: 'members' })
    await does('destinations rename', { agent: 'ada', name: 'helper', to: 'Colleague' })
    await does('destinations grant', { agent: 'bob', target: 'kitchen' })
    expect(await does('destinations list', { agent: 'ada' })).toMatchObject({
      destinations: [{ localName: 'colleague', when: 'members', to: 'agent:Bob' }],
    })
    expect(await says('destinations list')).toMatch(/\nBob +kitchen +members +far:kitchen$/)
    await does('destinations revoke', { agent: 'bob', name: 'Kitchen' })
    const [, bob] = await core.agents.list()
    expect(await core.destinations.list(bob?.id ?? '')).toEqual([])
    const again = does('destinations revoke', { agent: 'ada', name: 'colleage' })
    await expect(again).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/no destination of Ada "colleage"; did you mean colleague\?/),
    })
  })
})

it('a command that this daemon does not know is refused', async () => {
  const { does } = await testDesk()
  await expect(does('agents explode')).rejects.toMatchObject({ code: 'not-found' })
})

describe('what is removed', () => {
  it('is an agent or a chat, when somebody has agreed to it', async () => {
    const { asks, core, does, says } = await furnished()
    await does('wire', { agent: 'ada', chat: 'kitchen' })
    expect(await asks('agents remove', { agent: 'ada' })).toMatch(/^Ada \(ag-\S+\) is removed for/)
    expect(await asks('chats remove', { chat: 'kitchen' })).toBe(
      'Kitchen (far:kitchen) is removed: it is heard by Ada.',
    )
    expect(await core.agents.list()).toHaveLength(2)
    expect(await says('agents remove', { agent: 'ada' })).toMatch(/^Removed Ada\./)
    expect(await says('chats remove', { chat: 'kitchen' })).toBe('Removed Kitchen (far:kitchen).')
    expect(await does('agents list')).toMatchObject({ agents: [{ name: 'Bob' }] })
    await expect(does('agents show', { agent: 'ada' })).rejects.toMatchObject({ code: 'not-found' })
    expect(await does('chats list')).toMatchObject({ chats: [{ name: 'C1' }] })
  })

  it('is a wiring; the permission to write stays', async () => {
    const { does, says } = await furnished()
    await does('wire', { agent: 'ada', chat: 'kitchen' })
    expect(await says('unwire', { agent: 'ada', chat: 'kitchen' })).toBe(
      'Ada does not listen to Kitchen any more.',
    )
    expect(await does('wirings')).toEqual({ wirings: [] })
    expect(await does('destinations list')).toMatchObject({ destinations: [{ agent: 'Ada' }] })
    const again = does('unwire', { agent: 'ada', chat: 'kitchen' })
    await expect(again).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a conversation', () => {
  it('is listed and shown with whom its agent has heard', async () => {
    const { core, does, says } = await furnished()
    const [agent] = await core.agents.list()
    const [chat] = await core.chats.list()
    const { session } = await core.resolveSession({
      agentGroupId: agent?.id ?? '',
      messagingGroupId: chat?.id ?? '',
      threadId: null,
      sessionMode: 'shared',
    })
    expect(await does('sessions list', { agent: 'ada', chat: 'kitchen' })).toMatchObject({
      sessions: [{ id: session.id, agent: 'Ada', chat: 'Kitchen' }],
      total: 1,
    })
    expect(await does('sessions list', { agent: 'bob' })).toMatchObject({ sessions: [], total: 0 })
    expect(await says('sessions show', { session: session.id })).toMatch(
      /^Conversation: +sess-\S+\nAgent: +Ada\nChat: +Kitchen \(far:kitchen\)\n/,
    )
    const wrong = does('sessions show', { session: `${session.id.slice(0, -1)}x` })
    await expect(wrong).rejects.toMatchObject({
      message: expect.stringContaining(`did you mean ${session.id}?`),
    })
  })
})
