import type { Agent, Session } from '@nanoclaw/core'
import { sessionKeys } from '@nanoclaw/schema'
import { expect, it, vi } from 'vitest'
import { rowsOf } from './support/session-files.ts'
import { useTestHosts, type TestHost, type TestHostOptions } from './support/test-host.ts'

const hosts = useTestHosts()

/** Who writes is an owner: what is granted to members holds. */
async function start(options?: TestHostOptions): Promise<TestHost> {
  const host = await hosts.start(options)
  const ann = { channelType: 'memory', channelInstance: '', handle: 'ann' }
  await host.core.people.add({ ...ann, role: { role: 'owner' } })
  return host
}

const patience = { timeout: 15_000, interval: 20 }
const chats = `SELECT content, hops, source_session_id, thread_id, dedupe_key
  FROM messages_in WHERE kind = 'chat' ORDER BY seq`
const notices = `SELECT content FROM messages_in WHERE kind = 'system' ORDER BY seq`

interface Mail {
  readonly text: string
  readonly sender: string
  readonly hops: number
  readonly from: string | null
}

function mailIn({ core }: TestHost, { agentGroupId, id }: Session): readonly Mail[] {
  return rowsOf(core.layout.session(agentGroupId, id), 'inbound', chats).flatMap((row) => {
    const { text, sender } = JSON.parse(String(row.content))
    const from = row.source_session_id === null ? null : String(row.source_session_id)
    return [{ text, sender, hops: Number(row.hops), from }]
  })
}

async function sessionOf({ core }: TestHost, key: string): Promise<Session> {
  const session = (await core.sessions.list()).find((each) => each.key === key)
  if (session === undefined) throw new Error(`expected a session ${key}`)
  return session
}

/** Another agent, and each in the other's address book. */
async function peer({ core, agent }: TestHost, name: string): Promise<Agent> {
  const other = await core.agents.create({ name })
  const grant = (from: Agent, to: Agent) =>
    core.destinations.grant({
      agentGroupId: from.id,
      target: { type: 'agent', agentGroupId: to.id },
      when: 'anyone',
    })
  await grant(agent, other)
  await grant(other, agent)
  return other
}

const done = '!say that is all'

it('mail is answered in the session that asked, each of two in its own [W3]', async () => {
  const host = await start()
  const { core, agent, memory, chat: room } = host
  const bob = await peer(host, 'Bob')
  const place = { channelType: 'memory', channelInstance: '', platformId: 'hall' }
  const hall = await core.chats.create({ ...place, name: 'hall' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: hall.id })
  for (const chatId of ['room', 'hall']) {
    const text = `!say <message to="bob">from ${chatId}</message>`
    await memory.receive({ chatId, text })
  }
  await vi.waitFor(async () => {
    for (const chat of [room, hall]) {
      const asking = await sessionOf(host, sessionKeys.shared(agent.id, chat.id))
      const [own, answer] = mailIn(host, asking)
      const text = `echo: from ${chat.name}`
      expect(own).toMatchObject({ hops: 0, from: null })
      expect(answer).toMatchObject({ text, sender: 'Bob', hops: 2 })
    }
  }, patience)
  const mail = await sessionOf(host, sessionKeys.mail(bob.id))
  const asked = mailIn(host, mail).filter(({ hops }) => hops === 1)
  expect(asked.map(({ text }) => text).toSorted()).toEqual(['from hall', 'from room'])
  expect(new Set(asked.map(({ from }) => from)).size).toBe(2)
  expect(await core.sessions.list({ agentGroupId: bob.id })).toHaveLength(1)
})

it('agents that answer each other for ever are stopped after the eighth, and told [W7]', async () => {
  const host = await start()
  const { core, agent, memory, chat } = host
  const bob = await peer(host, 'Bob')
  await memory.receive({ chatId: 'room', text: '!say <message to="bob">thank you</message>' })
  const asking = await vi.waitFor(() => sessionOf(host, sessionKeys.shared(agent.id, chat.id)))
  await vi.waitFor(() => {
    const told = rowsOf(core.layout.session(agent.id, asking.id), 'inbound', notices)
    expect(told).toHaveLength(1)
    expect(JSON.parse(String(told[0]?.content))).toMatchObject({
      type: 'delivery_refused',
      destination: 'bob',
      reason: expect.stringContaining('8'),
    })
  }, patience)
  const hops = (session: Session) => mailIn(host, session).map((row) => row.hops)
  expect(hops(asking)).toEqual([0, 2, 4, 6, 8])
  expect(hops(await sessionOf(host, sessionKeys.mail(bob.id)))).toEqual([1, 3, 5, 7])
  const incidents = await core.incidents.list({ open: true })
  expect(incidents).toMatchObject([{ kind: 'delivery-refused', agentGroupId: agent.id }])
})

it('mail that goes on through a third agent keeps counting [W7]', async () => {
  const host = await start()
  const { core, memory } = host
  const bob = await peer(host, 'Bob')
  const cleo = await core.agents.create({ name: 'Cleo' })
  const target = { type: 'agent', agentGroupId: cleo.id } as const
  await core.destinations.grant({ agentGroupId: bob.id, target, when: 'anyone' })
  const toCleo = `!call send_message ${JSON.stringify({ to: 'cleo', text: done })}`
  const text = `!say <message to="bob">${toCleo}\\n${done}</message>`
  await memory.receive({ chatId: 'room', text })
  await vi.waitFor(async () => {
    const session = await sessionOf(host, sessionKeys.mail(cleo.id))
    expect(mailIn(host, session)).toMatchObject([{ text: done, sender: 'Bob', hops: 2 }])
  }, patience)
})

it('mail nobody has granted, or grants no more, is refused and told', async () => {
  const host = await start()
  const { core, agent, memory, chat } = host
  const bob = await peer(host, 'Bob')
  await core.destinations.revoke(agent.id, 'bob')
  const forged = '!say <message to="bob">hello</message>'
  await memory.receive({ chatId: 'room', text: forged })
  await host.host.whenQuiet(chat.id)
  expect(await core.sessions.list({ agentGroupId: bob.id })).toEqual([])
})

it('mail to itself arrives in the session of its mail', async () => {
  const host = await start()
  const { core, agent, memory } = host
  const target = { type: 'agent', agentGroupId: agent.id } as const
  await core.destinations.grant({ agentGroupId: agent.id, target, localName: 'me' })
  await memory.receive({ chatId: 'room', text: `!say <message to="me">${done}</message>` })
  await vi.waitFor(async () => {
    const session = await sessionOf(host, sessionKeys.mail(agent.id))
    expect(mailIn(host, session)).toMatchObject([{ text: done, hops: 1 }])
  }, patience)
  await host.stop()
})

it('mail carries whom its sender has heard: what a stranger wants gets no further by it [X20]', async () => {
  const host = await start()
  const { core, agent, memory } = host
  const bob = await peer(host, 'Bob')
  const place = (platformId: string) =>
    ({ channelType: 'memory', channelInstance: '', platformId }) as const
  const street = await core.chats.create({
    ...place('street'),
    ...{ name: 'street', unknownSenders: 'public' },
  })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: street.id })
  const vault = await core.chats.create({ ...place('vault'), name: 'vault' })
  const target = { type: 'channel', messagingGroupId: vault.id } as const
  await core.destinations.grant({ agentGroupId: bob.id, target })

  const send = (text: string) => `!call send_message ${JSON.stringify({ to: 'vault', text })}`
  const mail = (text: string) => `!say <message to="bob">${send(text)}\\n!say</message>`
  const mallory = { id: 'mallory', name: 'Ann', isBot: false, isSelf: false }
  await memory.receive({ chatId: 'street', sender: mallory, text: mail('of a stranger') })
  const inbox = await vi.waitFor(() => sessionOf(host, sessionKeys.mail(bob.id)), patience)
  await vi.waitFor(() => {
    const told = rowsOf(core.layout.session(bob.id, inbox.id), 'inbound', notices)
    expect(told.map(({ content }) => JSON.parse(String(content)))).toMatchObject([
      { type: 'delivery_refused', destination: 'vault' },
    ])
  }, patience)
  expect(memory.delivered.filter(({ origin }) => origin.chatId === 'vault')).toEqual([])
  const heard = await core.heard.list(inbox.id)
  expect(heard.map(({ userId }) => userId)).toContain('memory:mallory')
  // Where it was written to from, it may answer.
  await vi.waitFor(async () => {
    const asking = await sessionOf(host, sessionKeys.shared(agent.id, street.id))
    expect(mailIn(host, asking).map(({ sender }) => sender)).toContain('Bob')
  }, patience)
})

it('mail that members alone have led to opens no session to strangers', async () => {
  const host = await start()
  const { core, agent, memory } = host
  const bob = await peer(host, 'Bob')
  const place = { channelType: 'memory', channelInstance: '', platformId: 'vault' }
  const vault = await core.chats.create({ ...place, name: 'vault' })
  const target = { type: 'channel', messagingGroupId: vault.id } as const
  await core.destinations.grant({ agentGroupId: bob.id, target })
  const send = `!call send_message ${JSON.stringify({ to: 'vault', text: 'of Ann' })}`
  await memory.receive({ chatId: 'room', text: `!say <message to="bob">${send}\\n!say</message>` })
  const arrived = await memory.waitForDelivery((each) => each.origin.chatId === 'vault')
  expect(arrived.text).toBe('of Ann')
  expect(await core.sessions.list({ agentGroupId: agent.id })).toHaveLength(1)
})
