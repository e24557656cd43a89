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

/** `messages_in.dedupe_key` of the row with what became of an action. */
export function actionResultKey(actionId: string): string {
  return JSON.stringify(['action', actionId])
}

/** An account on a channel, by the platform's stable id of it. */
export interface Account {
  readonly channelType: string
  /** Which of several bots of one platform: what one of them calls `7` may be somebody else for another. */
  readonly channelInstance: string
  readonly handle: string
}

/**
 * A user's id: `<channel>:<handle>`, or `<channel>/<instance>:<handle>`. No two accounts have one:
 * `%`, `/` and `:` in front of the handle are written as `%25`, `%2F`, `%3A`.
 */
export function userId({ channelType, channelInstance, handle }: Account): string {
  const plain = (text: string): string =>
    text.replaceAll('%', '%25').replaceAll('/', '%2F').replaceAll(':', '%3A')
  const instance = channelInstance === '' ? '' : `/${plain(channelInstance)}`
  return `${plain(channelType)}${instance}:${handle}`
}

/** The account of a user's id, as a person may type it; undefined for what is none. */
export function parseUserId(id: string): Account | undefined {
  const match = /^([^:/]+)(?:\/([^:/]+))?:(.+)$/su.exec(id)
  if (match === null) return undefined
  const [, channelType = '', channelInstance = '', handle = ''] = match
  const whole = (text: string): string =>
    text.replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%25', '%')
  return { channelType: whole(channelType), channelInstance: whole(channelInstance), handle }
}
