import type { MessageEvent } from '@nanoclaw/adapters'
import type { Core, NewAgent } from '@nanoclaw/core'
import type { Answer } from './played-runner.ts'
import type { DeliveredColumns, InboundColumns, IncidentColumns, SessionView } from './read-home.ts'
import type { Life } from './scenario.ts'

/** An agent `Ada` that answers whoever writes in the chat `room`. */
export async function oneChat(core: Core, agentOptions: Partial<NewAgent> = {}): Promise<void> {
  const agent = await core.agents.create({ name: 'Ada', ...agentOptions })
  await core.people.add({
    channelType: 'memory',
    channelInstance: '',
    handle: 'ann',
    role: { role: 'member' },
  })
  const chat = await core.chats.create({ channelType: 'memory', platformId: 'room', name: 'room' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
}

/** The same, and the agent may not write there. */
export async function oneChatWithoutGrant(core: Core): Promise<void> {
  await oneChat(core)
  await setGrant(core, false)
}

/** Says whether the agent may write to the chat `room`. */
export async function setGrant(core: Core, isGranted: boolean): Promise<void> {
  const [agent] = await core.agents.list()
  const [chat] = await core.chats.list()
  if (agent === undefined || chat === undefined) throw new Error('expected an agent and a chat')
  const known = await core.destinations.list(agent.id)
  if (known.some(({ localName }) => localName === 'room') === isGranted) return
  if (!isGranted) return core.destinations.revoke(agent.id, 'room')
  await core.destinations.grant({
    agentGroupId: agent.id,
    target: { type: 'channel', messagingGroupId: chat.id },
    localName: 'room',
  })
}

/** The agent says what it heard. */
export const echo: Answer = (row) => [{ text: `echo: ${row.text}` }]

/** Somebody posts something in a chat; the platform keeps it until it has been confirmed. */
export function post(
  { world }: Life,
  text: string,
  { chatId = 'room', ...how }: Partial<MessageEvent> = {},
): void {
  const platformMessageId = `m-${world.posted.length + 1}`
  world.posted.push(platformMessageId)
  // Whether this host or a later one confirms it is no concern of who posts.
  world.memory.receive({ ...how, chatId, text, platformMessageId }).catch(() => undefined)
}

/** What all sessions' files say now. */
export function viewsOf({ world }: Life): readonly SessionView[] {
  return world.eyes.sessions().map((session) => world.eyes.view(session))
}

/** A row of the ledger with one of these statuses; undefined while there is none. */
export function findDelivered(life: Life, ...statuses: string[]): DeliveredColumns | undefined {
  const rows = viewsOf(life).flatMap(({ delivered }) => delivered)
  return rows.find(({ status }) => statuses.includes(status))
}

/** A row for the agent with one of these statuses. */
export function findInbound(life: Life, ...statuses: string[]): InboundColumns | undefined {
  const rows = viewsOf(life).flatMap(({ inbound }) => inbound)
  return rows.find(({ status, kind }) => kind === 'chat' && statuses.includes(status))
}

/** An incident of this kind that nobody has resolved. */
export function openIncident({ world }: Life, kind: string): IncidentColumns | undefined {
  return world.eyes.incidents().find((one) => one.kind === kind && one.resolved_at === null)
}
