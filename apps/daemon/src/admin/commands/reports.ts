import type { Chat, Core, Destination, Wiring } from '@nanoclaw/core'
import { placeName } from '../names/place-name.ts'

/** A chat as commands show it. */
export interface ChatReport extends Chat {
  /** As it is typed: `telegram:4711`. */
  readonly place: string
  /** Names of the agents that listen to it. */
  readonly agents: readonly string[]
}

/** A wiring as commands show it. */
export interface WiringReport extends Wiring {
  readonly agent: string
  readonly chat: string
}

/** A grant as commands show it. */
export interface DestinationReport extends Destination {
  /** Name of the agent whose address book it is in. */
  readonly agent: string
  /** As it is typed: a place, or `agent:` and a name. */
  readonly to: string
}

type Names = ReadonlyMap<string, string>

/** The names of all agents, by id. */
export async function agentNames(core: Pick<Core, 'agents'>): Promise<Names> {
  return new Map((await core.agents.list({ deleted: true })).map(({ id, name }) => [id, name]))
}

/** A chat with the agents of its wirings. */
export function describeChat(chat: Chat, wirings: readonly Wiring[], names: Names): ChatReport {
  const own = wirings.filter(({ messagingGroupId }) => messagingGroupId === chat.id)
  const agents = own.map(({ agentGroupId }) => names.get(agentGroupId) ?? agentGroupId)
  return { ...chat, place: placeName(chat), agents }
}

/** Every wiring, or those of one agent, with names. */
export async function describeWirings(
  core: Pick<Core, 'agents' | 'chats' | 'wirings'>,
  wirings: readonly Wiring[],
): Promise<WiringReport[]> {
  const agents = await agentNames(core)
  const chats = new Map((await core.chats.list()).map(({ id, name }) => [id, name]))
  return wirings.map((wiring) => {
    const { agentGroupId, messagingGroupId } = wiring
    const agent = agents.get(agentGroupId) ?? agentGroupId
    return { ...wiring, agent, chat: chats.get(messagingGroupId) ?? messagingGroupId }
  })
}

/** Grants of one agent, with names. */
export async function describeDestinations(
  core: Pick<Core, 'agents' | 'chats'>,
  destinations: readonly Destination[],
): Promise<DestinationReport[]> {
  const agents = await agentNames(core)
  const places = new Map((await core.chats.list()).map((chat) => [chat.id, placeName(chat)]))
  return destinations.map((one) => {
    const { target } = one
    const to =
      target.type === 'agent'
        ? `agent:${agents.get(target.agentGroupId) ?? target.agentGroupId}`
        : (places.get(target.messagingGroupId) ?? target.messagingGroupId)
    return { ...one, agent: agents.get(one.agentGroupId) ?? one.agentGroupId, to }
  })
}
