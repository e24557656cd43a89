import type { Agent, Chat, Core } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { Config } from './config.ts'

/** Where the terminal's one chat is. */
const terminalPlace = { channelType: 'terminal', channelInstance: '', platformId: 'terminal' }
const firstAgentName = 'nano'

/** Gives all agents what the configuration says of how long they keep things. */
export async function applyRetention(
  core: Pick<Core, 'agents'>,
  { retentionDays, archive }: Pick<Config, 'retentionDays' | 'archive'>,
): Promise<void> {
  for (const agent of await core.agents.list()) {
    const isSame =
      (retentionDays === undefined || retentionDays === agent.retentionDays) &&
      (archive === undefined || archive === agent.archive)
    if (!isSame) await core.agents.update(agent.id, { retentionDays, archive })
  }
}

/**
 * Whoever sits at the terminal owns the home, unless somebody does already. Homes that an earlier
 * release has made get their owner so, too.
 */
export async function ensureOwner(core: Pick<Core, 'people'>): Promise<void> {
  const { channelType, channelInstance } = terminalPlace
  await core.people.ensureOwner({ channelType, channelInstance, handle: 'terminal', name: 'you' })
}

/**
 * The terminal's chat and the agent that answers there. Whatever of it is missing is made: the
 * first time all of it, after a crash in between the rest.
 */
export async function ensureFirstAgent(
  core: Core,
  config: Pick<Config, 'provider'>,
): Promise<{ agent: Agent; chat: Chat }> {
  const chat =
    (await core.chats.find(terminalPlace)) ??
    (await core.chats.create({ ...terminalPlace, name: 'terminal' }))
  const [wiring] = await core.wirings.forChat(chat.id)
  if (wiring !== undefined) {
    const agent = await core.agents.get(wiring.agentGroupId)
    if (agent !== undefined) return { agent, chat }
    throw new NanoclawError('not-found', `the terminal's agent ${wiring.agentGroupId} is missing`)
  }
  const [known] = await core.agents.list()
  const agent =
    known ?? (await core.agents.create({ name: firstAgentName, provider: config.provider }))
  await core.wirings.create({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    sessionMode: 'shared',
    engageMode: 'always',
    localName: 'terminal',
  })
  return { agent, chat }
}
