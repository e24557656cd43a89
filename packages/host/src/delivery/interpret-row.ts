import type { DeliveryOperation, OutboundRow } from '@nanoclaw/core'
import {
  agentChannelType,
  errorMessage,
  parseOutboundContent,
  type Place,
  type SystemOutput,
} from '@nanoclaw/schema'

/** The parts of a row that say what is to be sent, and where. */
export interface SendableRow {
  readonly kind: string
  readonly content: string
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
}

/** What a row asks for. Whatever names a place is authorised for its operation before all else. */
export type RowMeaning =
  /** A text to a place on a channel. */
  | {
      readonly type: 'text'
      readonly operation: DeliveryOperation
      readonly place: Place
      readonly text: string
    }
  /** A text to another agent. */
  | {
      readonly type: 'mail'
      readonly operation: DeliveryOperation
      readonly place: Place
      readonly text: string
    }
  /** Something that this host cannot do, and why; not allowed, it is refused as all is. */
  | {
      readonly type: 'unable'
      readonly operation: DeliveryOperation
      readonly place: Place
      readonly reason: string
    }
  /** Something that the host is asked to do. */
  | { readonly type: 'action'; readonly place: Place; readonly content: SystemOutput }
  /** Something that cannot be done at all, and why. */
  | {
      readonly type: 'impossible'
      readonly status: 'failed' | 'refused'
      readonly reason: string
    }

/** What goes out on a channel. */
export type TextMeaning = Extract<RowMeaning, { readonly type: 'text' }>
/** What goes on its way once it may. */
export type GoingMeaning = Extract<RowMeaning, { readonly type: 'text' | 'mail' | 'action' }>
/** What the host is asked to do. */
export type ActionMeaning = Extract<RowMeaning, { readonly type: 'action' }>
/** What goes somewhere, or would: the address book is asked for it. */
export type PlacedMeaning = Exclude<RowMeaning, { readonly type: 'impossible' | 'action' }>

/** Where actions stand in the ledger: of a session one is carried out after the other. The host says so, never the container. */
const actionPlace: Place = {
  channelType: 'host',
  channelInstance: '',
  platformId: 'actions',
}

function unable(operation: DeliveryOperation, place: Place, reason: string): RowMeaning {
  return { type: 'unable', operation, place, reason }
}

function impossible(status: 'failed' | 'refused', reason: string): RowMeaning {
  return { type: 'impossible', status, reason }
}

/** An action as it stands in the ledger, whatever place its container gave it. */
export function actionRow(row: OutboundRow): OutboundRow {
  return { ...row, ...actionPlace, threadId: null }
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
    return { type: 'action', place: actionPlace, content: parsed.content }
  }
  const place = placeOf(row)
  if (place === undefined) return impossible('refused', 'the message names no destination')
  const type = place.channelType === agentChannelType ? 'mail' : 'text'
  if (parsed.kind === 'chat-sdk') {
    return parsed.content.type === 'card'
      ? { type, operation: 'card', place, text: parsed.content.fallbackText }
      : unable('question', place, 'this host cannot ask questions for an agent yet')
  }
  const { operation } = parsed.content
  if (operation !== undefined) {
    return unable(operation, place, `this host cannot carry out "${operation}" yet`)
  }
  const { files, text } = parsed.content
  if (files !== undefined && files.length > 0) {
    return unable('file', place, 'this host cannot send files yet')
  }
  return { type, operation: 'message', place, text }
}
