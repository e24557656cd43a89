import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { runnerEntry, runnerFolder } from '@nanoclaw/container-runtime'
import { createCore, type Core, type Session } from '@nanoclaw/core'
import { createHost, createProcessDriver } from '@nanoclaw/host'
import { timestamp, userId } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { appliedActions } from '@nanoclaw/schema/drizzle'

const room = { channelType: 'memory', channelInstance: '', platformId: 'room' }

/** What waits in the home for the next version. */
export const waitingText = 'waiting for the next version'

async function populate(core: Core): Promise<string> {
  const ada = await core.agents.create({ name: 'Ada' })
  const bob = await core.agents.create({ name: 'Bob' })
  const ann = { channelType: 'memory', channelInstance: '', handle: 'ann' }
  await core.people.add({ ...ann, role: { role: 'member' } })
  const chat = await core.chats.create({ ...room, name: 'room' })
  await ask(core, ada.id, chat.id)
  const lab = await core.chats.create({ ...room, platformId: 'lab', name: 'lab' })
  const pair = { agentGroupId: ada.id, messagingGroupId: chat.id }
  const { wiring } = await core.wirings.create(pair)
  await core.wirings.engage(wiring.id, null)
  const target = { type: 'channel', messagingGroupId: lab.id } as const
  const { localName } = await core.destinations.grant({ agentGroupId: ada.id, target })
  await core.destinations.revoke(ada.id, localName)
  const mail = { type: 'agent', agentGroupId: bob.id } as const
  await core.destinations.grant({ agentGroupId: ada.id, target: mail })
  await core.incidents.open({ kind: 'noted', subject: 'one', message: 'It is over.' })
  await core.incidents.resolve('noted', 'one')
  await core.incidents.open({ kind: 'noted', subject: 'two', message: 'It goes on.' })
  await core.channelState('memory', '').set('offset', '42')
  const queued = { sessionId: core.ids.next('sess'), messageOutId: core.ids.next('out'), part: 0 }
  await core.receipts.note('queued-by-a-platform', queued)
  return chat.id
}

/** An owner is asked about a stranger, whose words wait. */
async function ask(core: Core, agentGroupId: string, messagingGroupId: string): Promise<void> {
  const owner = { channelType: 'memory', channelInstance: '', handle: 'olga' }
  await core.people.add({ ...owner, role: { role: 'owner' } })
  const direct = await core.chats.create({ ...room, platformId: 'olga', name: 'olga' })
  await core.people.noteDirectChat(userId(owner), direct.id)
  await core.policies.set({ agentGroupId, action: 'outside_when', policy: 'ask', by: 'operator' })
  const stranger = { channelType: 'memory', channelInstance: '', handle: 'eve' }
  const asked = await core.approvals.request({
    action: 'unknown_sender',
    agentGroupId,
    effect: { ...stranger, name: 'Eve', agentGroupId },
    summary: 'Eve wants to be heard',
    reason: 'nobody knows them',
    requestKey: 'eve',
  })
  if (asked.outcome !== 'pending') throw new Error(`expected a request, it was ${asked.outcome}`)
  const user = userId(stranger)
  const event = { approvalId: asked.approval.id, messagingGroupId, userId: user }
  await core.held.hold({ ...event, dedupeKey: 'eve-1', event: '{}' })
}

/** A conversation with answers by text, by tool and in parts, and a refusal. */
async function converse(core: Core, chatId: string): Promise<void> {
  const memory = createMemoryAdapter({ capabilities: { textLength: 60 } })
  const host = createHost({
    core,
    adapters: [memory],
    driver: createProcessDriver({ runFolder: core.layout.run }),
    runner: { folder: runnerFolder, entry: runnerEntry },
  })
  await host.start()
  for (const text of [
    'hello',
    '!call send_message {"to":"room","text":"by tool"}',
    `a text that goes out in parts, ${'for it is long, '.repeat(6)}`,
    '!effect effect.txt',
    '!error fatal the model is away',
  ]) {
    await memory.receive({ chatId: room.platformId, text })
    await host.whenQuiet(chatId)
  }
  await host.stop()
}

async function leaveWaiting(core: Core, session: Session): Promise<void> {
  await core.sessions.ensureDue(session.id, timestamp(core.clock))
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  const content = { text: waitingText, sender: 'Ann', senderId: 'u1' }
  await mailbox.append([{ kind: 'chat', content, origin: { ...room, threadId: null } }])
  await mailbox.close()
}

/** What no part of this version writes by itself yet. */
function apply(core: Core, session: Session): void {
  const { orm, close } = openDatabase({ path: core.layout.centralDb, kind: 'central' })
  const row = { actionId: core.ids.next('out'), sessionId: session.id, action: 'schedule_task' }
  orm
    .insert(appliedActions)
    .values({ ...row, appliedAt: timestamp(core.clock) })
    .run()
  close()
}

/**
 * Makes a home as the host that is installed here writes it: one session after a conversation, with
 * a message that nobody has answered yet.
 */
export async function makeHome(home: string): Promise<void> {
  await using core = await createCore({ home })
  const chatId = await populate(core)
  await converse(core, chatId)
  const [session] = await core.sessions.forChat(chatId)
  if (session === undefined) throw new Error('expected the conversation to have made a session')
  await leaveWaiting(core, session)
  apply(core, session)
}
