import { agentChannelType, errorMessage, parseOutboundContent, type Place } from '@nanoclaw/schema'

/** The parts of a row that say what is to be sent, and where. */
export interface SendableRow {
  readonly kind: string
  readonly content: string
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
}

/** What a row asks for: a text to a place, or something that cannot be done, and why. */
export type RowMeaning =
  | { readonly type: 'text'; readonly place: Place; readonly text: string }
  | {
      readonly type: 'impossible'
      readonly status: 'failed' | 'refused'
      readonly reason: string
    }

function impossible(status: 'failed' | 'refused', reason: string): RowMeaning {
  return { type: 'impossible', status, reason }
}

/** Where a row is to go; undefined when it does not say. */
export function placeOf(row: SendableRow): Place | undefined {
  if (row.channelType === null || row.platformId === null) return undefined
  return {
    channelType: row.channelType,
    channelInstance: row.channelInstance,
    platformId: row.platformId,
  }
}

/** Whether two rows have one meaning. */
export function saysTheSame(one: SendableRow, other: SendableRow): boolean {
  if (one.kind !== other.kind || one.content !== other.content) return false
  if (one.channelType !== other.channelType || one.platformId !== other.platformId) return false
  return one.channelInstance === other.channelInstance
}

/** Reads what a container wrote. What this host cannot do is said, never dropped. */
export function interpretRow(row: SendableRow): RowMeaning {
  if (row.content === '') return impossible('failed', 'it was too long, and nothing of it is kept')
  let parsed
  try {
    parsed = parseOutboundContent(row.kind, row.content)
  } catch (error) {
    return impossible('failed', errorMessage(error))
  }
  if (parsed.kind === 'system') {
    return impossible('refused', `this host does not carry out "${parsed.content.action}"`)
  }
  const place = placeOf(row)
  if (place === undefined) return impossible('refused', 'the message names no destination')
  if (place.channelType === agentChannelType) {
    return impossible('failed', 'this host does not carry mail between agents')
  }
  if (parsed.kind === 'chat-sdk') {
    return parsed.content.type === 'card'
      ? { type: 'text', place, text: parsed.content.fallbackText }
      : impossible('failed', 'this host does not carry questions')
  }
  if (parsed.content.operation !== undefined) {
    return impossible('failed', `this host does not carry out "${parsed.content.operation}"`)
  }
  if (parsed.content.files !== undefined && parsed.content.files.length > 0) {
    return impossible('failed', 'this host does not send files')
  }
  return { type: 'text', place, text: parsed.content.text }
}
