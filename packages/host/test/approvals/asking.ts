import { createMemoryAdapter, type MemoryAdapterOptions } from '@nanoclaw/adapters/memory'
import { createTestContext } from '@nanoclaw/adapters/testing'
import type { Approval, Core, NewApproval, NewInbound } from '@nanoclaw/core'
import { createFakeClock, createMemoryCore } from '@nanoclaw/core/testing'
import type { Role } from '@nanoclaw/schema'
import { onTestFinished } from 'vitest'
import type { Applied, ApprovalActions } from '../../src/approvals/applier.ts'
import { createApprovalDesk, type DeskTimes } from '../../src/approvals/approval-desk.ts'
import { createApprovalWords } from '../../src/approvals/approval-words.ts'
import { CardSender } from '../../src/approvals/card-sender.ts'
import { createChannels } from '../../src/channels/channels.ts'
import { keepingLogger } from '../keeping-logger.ts'

const { signal } = new AbortController()
/** Times in which a test sees everything happen. */
const quick: DeskTimes = { lookMs: 5, retryBaseMs: 1, reachMs: 300_000 }

/** Somebody with a role and a direct chat, both called by their name. */
export async function somebody(core: Core, name: string, role: Role, agentGroupId?: string) {
  const account = { channelType: 'memory', channelInstance: '', handle: name }
  const person = await core.people.add({ ...account, name, role: { role, agentGroupId } })
  const chat = await core.chats.create({ channelType: 'memory', platformId: name, name })
  await core.people.noteDirectChat(`memory:${name}`, chat.id)
  return { person, chat }
}

/** A home with an agent, an owner `owen`, an admin `ada` and a member `mia`. */
export async function home() {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  onTestFinished(() => core.close())
  const agent = await core.agents.create({ name: 'Max' })
  const family = await core.chats.create({ channelType: 'memory', platformId: 'family', name: 'f' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: family.id })
  const { session } = await core.resolveSession({
    ...{ agentGroupId: agent.id, messagingGroupId: family.id, threadId: null },
    sessionMode: 'shared',
  })
  await somebody(core, 'owen', 'owner')
  await somebody(core, 'ada', 'admin')
  await somebody(core, 'mia', 'member')
  return { core, clock, agent, session }
}

/** How a desk is set up. */
export interface DeskOptions {
  readonly adapter?: MemoryAdapterOptions
  readonly actions?: Partial<ApprovalActions>
  readonly times?: Partial<DeskTimes>
}

/** A desk over a core, with the platform of those who decide; ended when the test ends. */
export async function openDesk(core: Core, options: DeskOptions = {}) {
  const memory = createMemoryAdapter(options.adapter)
  const { logger, lines } = keepingLogger()
  const channels = createChannels([memory], { logger })
  const applied: Approval[] = []
  const told: NewInbound[] = []
  const deps = {
    core,
    channels,
    logger,
    timeoutMs: 1_000,
    retryBaseMs: 1,
    signal,
    random: () => 0.5,
  }
  const words = createApprovalWords(deps)
  await channels.start(() => ({
    ...createTestContext().ctx,
    handOver: async (event) =>
      (await words.take(memory, event)) ?? { outcome: 'rejected', reason: 'not a word' },
  }))
  const appliers = {
    async create_agent(approval: Approval): Promise<Applied> {
      applied.push(approval)
      return { outcome: 'applied' }
    },
  }
  const desk = createApprovalDesk({
    ...deps,
    actions: { appliers, endings: {}, ...options.actions },
    cards: new CardSender(deps),
    append: async (_session, rows) => {
      told.push(...rows)
      return rows.map((_row, index) => ({ outcome: 'accepted', id: `in-${index}`, seq: index }))
    },
    times: { ...quick, ...options.times },
  })
  onTestFinished(() => desk.stop())
  desk.start()
  return { memory, channels, desk, words, applied, told, lines }
}

/** Something that a person has to decide. */
function wanted(values: Partial<NewApproval>): NewApproval {
  return {
    ...{ action: 'create_agent', agentGroupId: null, effect: { name: 'Kim' } },
    ...{ summary: 'Max wants to make an agent', reason: 'the policy asks', requestKey: 'out-1' },
    ...values,
  }
}

/** Asks; the request. */
export async function ask(core: Core, values: Partial<NewApproval> = {}): Promise<Approval> {
  const asked = await core.approvals.request(wanted(values))
  if (asked.outcome !== 'pending') throw new Error(asked.outcome)
  return asked.approval
}

/** The request, once it is as is wanted. */
export async function until(core: Core, id: string, is: (approval: Approval) => boolean) {
  let found = await core.approvals.get(id)
  await untilTrue(async () => {
    found = await core.approvals.get(id)
    return found !== undefined && is(found)
  })
  if (found === undefined) throw new Error(`no request ${id}`)
  return found
}

/** Resolves when `isSo` does to true; rejects when it has not in 10 s. */
export async function untilTrue(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const latest = performance.now() + 10_000
  while (!(await isSo())) {
    if (performance.now() > latest) throw new Error(`waited in vain for: ${isSo.toString()}`)
    await new Promise(setImmediate)
  }
}
