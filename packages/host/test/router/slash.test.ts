import type { EditEvent, HandOverResult, MessageEvent } from '@nanoclaw/adapters'
import type { HostWords, NewInbound, NewWiring, Session } from '@nanoclaw/core'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { longestContent, type Role } from '@nanoclaw/schema'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRouter } from '../../src/router/route-event.ts'
import { createSlash } from '../../src/router/slash/create-slash.ts'
import type { SessionStanding } from '../../src/session/session-standing.ts'

const channel = { channelType: 'test', instance: '' }
const busy: SessionStanding = {
  ...{ isHeld: false, isActive: true, isRunning: true },
  ...{ due: 2, isSending: false },
}

interface Setting {
  readonly agents?: readonly string[]
  readonly wiring?: Partial<NewWiring>
  readonly unknownSenders?: 'strict' | 'public'
  readonly standing?: SessionStanding
}

/** Agents that listen in one chat, what they were given, and what the host has said and done. */
async function scene({ agents = ['Ada'], wiring, unknownSenders, standing = busy }: Setting = {}) {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const chat = await core.chats.create({
    ...{ channelType: 'test', platformId: 'room', name: 'room' },
    unknownSenders: unknownSenders ?? 'strict',
  })
  const ids = new Map<string, string>()
  for (const name of agents) {
    const { id } = await core.agents.create({ name })
    ids.set(id, name)
    await core.wirings.create({ agentGroupId: id, messagingGroupId: chat.id, ...wiring })
  }
  const given: string[] = []
  const said: HostWords[] = []
  const told: string[] = []
  const cleared: string[] = []
  const nameOf = ({ agentGroupId }: Session): string => ids.get(agentGroupId) ?? ''
  const textOf = ({ content }: NewInbound): string => String(Reflect.get(Object(content), 'text'))
  const use = <T>(session: Session, work: (actor: Actor) => Promise<T>): Promise<T> =>
    work({
      standing,
      hasSaid: async (id) => said.some((words) => words.id === id),
      say: async (words, rows) => {
        if (said.some(({ id }) => id === words.id)) return 'duplicate'
        said.push(words)
        for (const { content } of rows) {
          told.push(`${nameOf(session)} ${Reflect.get(Object(content), 'command')}`)
        }
        return 'accepted'
      },
    })
  const clear = async (sessionId: string): Promise<boolean> => cleared.push(sessionId) > 0
  const slash = createSlash({ core, sessions: { use, byHand: { clear } } })
  const { arrive, route } = createRouter({ core, limits: { contentBytes: longestContent }, slash })
  const append = async (session: Session, rows: readonly NewInbound[]) => {
    for (const row of rows) given.push(`${nameOf(session)} ${textOf(row)}`)
    return rows.map((_row, index) => ({ outcome: 'accepted', id: `in-${index}`, seq: 2 }) as const)
  }
  let count = 0
  const say = async (
    text: string,
    how: Partial<MessageEvent | EditEvent> = {},
  ): Promise<HandOverResult> => {
    const sender = { id: 'ann', name: 'Ann', isBot: false, isSelf: false }
    const event = {
      ...{ type: 'message', instance: '', chatId: 'room', threadId: null, chatKind: 'group' },
      ...{ addressed: 'none', sender, platformMessageId: `m${(count += 1)}` },
      ...{ sentAt: '2026-01-31T12:00:00.000Z', attachments: [], text },
      ...how,
    }
    await arrive(channel, event as MessageEvent)
    return route(channel, event as MessageEvent, append)
  }
  const become = async (role: Role | null): Promise<void> => {
    const user = { channelType: 'test', channelInstance: '', handle: 'ann' }
    if (role !== null) await core.people.add({ ...user, role: { role } })
  }
  const texts = () => said.map(({ text }) => text)
  return { core, given, said, texts, told, cleared, say, become }
}

type Actor = Parameters<Parameters<Parameters<typeof createSlash>[0]['sessions']['use']>[1]>[0]

const accepted = { outcome: 'accepted' }

describe('who may what', () => {
  const roles = ['owner', 'admin', 'member', null] as const
  const places = ['direct', 'group', 'direct, with others'] as const
  const all = 'help status stop compact clear'
  const allowed: Readonly<Record<string, string>> = {
    ...{ 'owner direct': all, 'owner group': all, 'owner direct, with others': all },
    ...{ 'admin direct': all, 'admin group': all, 'admin direct, with others': all },
    'member direct': all,
    'member group': 'help status stop compact',
    'member direct, with others': 'help status stop compact',
    ...{ 'null direct': 'help status', 'null group': 'help status' },
    'null direct, with others': 'help status',
  }
  const table = roles.flatMap((role) => places.map((place) => ({ role, place })))

  it.each(table)('$role, $place', async ({ role, place }) => {
    const sessionMode = place === 'direct, with others' ? 'agent-shared' : 'shared'
    const { say, become, texts, told, cleared, core, given } = await scene({
      ...{ wiring: { sessionMode }, unknownSenders: 'public' },
    })
    await become(role)
    const chatKind = place === 'group' ? 'group' : 'direct'
    const addressed = place === 'group' ? 'none' : 'direct'
    const done: string[] = []
    for (const name of all.split(' ')) {
      expect(await say(`/${name}`, { chatKind, addressed })).toEqual(accepted)
      if (!texts().at(-1)?.startsWith('Only ')) done.push(name)
      else expect(texts().at(-1)).toMatch(new RegExp(`^Only .*Ada.* may use /${name}\\.$`))
    }
    expect(done.join(' ')).toBe(allowed[`${role} ${place}`])
    expect(told).toEqual(
      ['stop', 'compact'].filter((name) => done.includes(name)).map((name) => `Ada ${name}`),
    )
    expect(cleared).toHaveLength(done.includes('clear') ? 1 : 0)
    const audited = (await core.audit.list()).filter(({ kind }) => kind === 'command')
    expect(audited.map(({ details }) => Reflect.get(JSON.parse(details), 'command'))).toEqual(
      ['stop', 'clear'].filter((name) => done.includes(name)),
    )
    expect(given).toEqual([])
    const listed = texts()[0]
      ?.match(/^\/\w+/gm)
      ?.map((name) => name.slice(1))
    expect(listed?.join(' ')).toBe(allowed[`${role} ${place}`])
  })

  it('a stranger in a strict chat commands nothing and is told nothing', async () => {
    const { say, said, core } = await scene()
    expect(await say('/help')).toMatchObject({ outcome: 'rejected' })
    expect(said).toEqual([])
    expect(await core.sessions.list({})).toEqual([])
  })
})

describe('what is a command', () => {
  const words = ['help', 'status', 'stop', 'compact', 'clear']
  const space = fc.constantFrom('', ' ', '\n', '\t ', '  ')
  const anyCase = fc
    .tuple(fc.constantFrom(...words), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }))
    .map(([word, upper]) => [...word].map((c, at) => (upper[at] ? c.toUpperCase() : c)).join(''))
  const suffix = fc.constantFrom('', '@nano_bot')
  const command = fc
    .tuple(space, anyCase, suffix, space)
    .map(([before, word, bot, after]) => `${before}/${word}${bot}${after}`)
  const nearly = fc
    .tuple(
      fc.constantFrom('', '/', '//', '.', 'a /'),
      anyCase,
      fc.constantFrom('', ' me', 's', '.', '/', '\nx'),
    )
    .map(([before, word, after]) => `${before}${word}${after}`)
    .filter((text) => !words.includes(text.slice(1).toLowerCase()) || !text.startsWith('/'))
  const ordinary = fc.oneof(fc.string({ unit: 'grapheme' }), nearly).filter((text) => {
    const [word = ''] = text.trim().toLowerCase().split('@')
    return !words.includes(word.slice(1)) || !word.startsWith('/')
  })

  it('no text of a command reaches an agent, and no other text is one', async () => {
    const { say, become, given, said } = await scene()
    await become('owner')
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          command.map((text) => ({ text, isCommand: true })),
          ordinary.map((text) => ({ text, isCommand: false })),
        ),
        async ({ text, isCommand }) => {
          const [before, spoken] = [given.length, said.length]
          await say(text, { addressed: 'mention' })
          expect(given.slice(before)).toEqual(isCommand ? [] : [`Ada ${text}`])
          expect(said.length - spoken).toBe(isCommand ? 1 : 0)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('what is said to another bot, or with a file, is for agents; an edit is for nobody', async () => {
    const { say, become, given, said } = await scene()
    await become('owner')
    await say('/stop@other_bot')
    const open = () => Promise.reject(new Error('never'))
    const attachments = [{ type: 'file', name: 'a', mime: 'text/plain', open }] as const
    await say('/stop', { attachments })
    expect(given).toEqual(['Ada /stop@other_bot', 'Ada /stop'])
    expect(await say('/stop', { type: 'edit', revision: '2' })).toMatchObject({
      outcome: 'rejected',
    })
    expect([given.length, said.length]).toEqual([2, 0])
  })
})

describe('of several agents', () => {
  it('those are meant that would be asked, or the one that is named', async () => {
    const { say, become, told, given, texts } = await scene({ agents: ['Ada', 'Big Bob'] })
    await become('member')
    await say('/stop')
    expect(told).toEqual(['Ada stop', 'Big Bob stop'])
    await say('/stop big  BOB')
    expect(told.slice(2)).toEqual(['Big Bob stop'])
    await say('/stop it')
    expect(given).toEqual(['Ada /stop it', 'Big Bob /stop it'])
    await say('/help ada')
    expect(texts().at(-1)).toContain('name the one you mean: /help Ada')
  })

  it('none is meant that is not asked, and none reads it', async () => {
    const wiring = { engageMode: 'mention', ignored: 'accumulate' } as const
    const { say, become, told, given } = await scene({ agents: ['Ada', 'Bob'], wiring })
    await become('member')
    expect(await say('/stop')).toMatchObject({ outcome: 'rejected' })
    await say('/stop', { addressed: 'mention' })
    expect([told, given]).toEqual([['Ada stop', 'Bob stop'], []])
  })

  it('one alone is meant without its name', async () => {
    const { say, become, told } = await scene({ wiring: { engageMode: 'mention' } })
    await become('member')
    await say('/stop')
    expect(told).toEqual(['Ada stop'])
  })
})

describe('once', () => {
  it('a command that is handed over twice is done once, and told so', async () => {
    const { say, become, said, told, cleared, core } = await scene()
    await become('admin')
    for (const text of ['/stop', '/clear', '/help']) {
      const again = { platformMessageId: text }
      expect(await say(text, again)).toEqual(accepted)
      expect(await say(text, again)).toEqual({ outcome: 'duplicate' })
    }
    expect([said.length, told.length, cleared.length]).toEqual([3, 1, 1])
    const kinds = (await core.audit.list()).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'command')).toHaveLength(2)
  })
})

describe('what is answered', () => {
  const idle = { isHeld: false, isActive: false, isRunning: false, due: 0, isSending: false }
  const table: readonly (readonly [SessionStanding, string])[] = [
    [idle, 'To Ada you are a member.\nNothing is under way.'],
    [busy, 'To Ada you are a member.\nIt is at work; 2 messages not answered yet.'],
    [
      { ...idle, isActive: true, due: 1, isSending: true },
      'To Ada you are a member.\n1 message not answered yet; it is about to start.\nNot all that it has said has gone out yet.',
    ],
    [
      { ...idle, isHeld: true, due: 3 },
      'To Ada you are a member.\nIt is held until whoever runs this has looked at it. 3 messages not answered.',
    ],
  ]

  it.each(table)('to /status: %#', async (standing, text) => {
    const { say, become, texts } = await scene({ standing })
    await become('member')
    await say('/status')
    expect(texts()).toEqual([text])
  })

  it('to /stop where nothing runs, and no agent is told', async () => {
    const { say, become, texts, told } = await scene({ standing: idle })
    await become('member')
    await say('/stop')
    expect([texts(), told]).toEqual([['Ada is doing nothing that could be stopped.'], []])
  })
})
