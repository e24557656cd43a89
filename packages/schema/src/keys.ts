/** Where something can be sent. `channelType` `agent`: `platformId` is an agent group's id. */
export interface Place {
  readonly channelType: string
  /** Which of several bots of one platform; `''` for the only one. */
  readonly channelInstance: string
  readonly platformId: string
}

/** A place and a thread in it, or none. */
export interface Origin extends Place {
  readonly threadId: string | null
}

/** The place of mail to an agent. */
export const agentChannelType = 'agent'

/** A place as one string, for maps and logs. */
export function placeKey(place: Place): string {
  return JSON.stringify([place.channelType, place.channelInstance, place.platformId])
}

/** An origin as one string. */
export function originKey({ channelType, channelInstance, platformId, threadId }: Origin): string {
  return JSON.stringify([channelType, channelInstance, platformId, threadId])
}

/** The keys of sessions (session protocol §9), each a JSON array. */
export const sessionKeys = {
  shared: (agentGroupId: string, messagingGroupId: string): string =>
    JSON.stringify(['chat', agentGroupId, messagingGroupId]),
  perThread: (agentGroupId: string, messagingGroupId: string, threadId: string | null): string =>
    JSON.stringify(['thread', agentGroupId, messagingGroupId, threadId]),
  agentShared: (agentGroupId: string): string => JSON.stringify(['agent', agentGroupId]),
  mail: (agentGroupId: string): string => JSON.stringify(['mail', agentGroupId]),
  task: (agentGroupId: string, scheduleId: string): string =>
    JSON.stringify(['task', agentGroupId, scheduleId]),
}

/** What makes two hand-overs the same one. */
export interface DedupeParts extends Place {
  readonly event: string
  readonly platformMessageId: string
  /** Tells apart what happens to one message; `''` for its first appearance. */
  readonly revision: string
}

/** `messages_in.dedupe_key` of a platform's event. */
export function dedupeKey(parts: DedupeParts): string {
  return JSON.stringify([
    parts.channelType,
    parts.channelInstance,
    parts.platformId,
    parts.event,
    parts.platformMessageId,
    parts.revision,
  ])
}

/** `messages_in.dedupe_key` of mail from another agent's session. */
export function mailDedupeKey(sourceSessionId: string, rowId: string): string {
  return JSON.stringify(['a2a', sourceSessionId, rowId])
}
