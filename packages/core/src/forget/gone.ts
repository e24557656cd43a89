import { hostStateKeys } from '@nanoclaw/schema'
import type { PrunedRow } from '../retention/types.ts'
import type { Person } from './types.ts'

/** What of a session is a person's: what its mailbox and its archive say together. */
export class Gone {
  /** Ids, and numbers, of messages to the agent. */
  readonly inbound = new Map<string, number>()
  /** Ids, and numbers, of its answers. */
  readonly deliveries = new Map<string, number>()
  readonly turns = new Set<string>()
  readonly #person: Person
  /** Places of theirs, and those where somebody else has spoken. */
  readonly #theirs = new Set<string>()
  readonly #others = new Set<string>()

  constructor(person: Person) {
    this.#person = person
  }

  /** Keys of what is noted of them, of rows that were pruned without an archive. */
  readonly notes: string[] = []
  /** Something was said in a place that is not theirs, by the agent. */
  #isShared = false
  /** The agent has spoken where the chat is called as they are. */
  #hasOwnChat = false

  get isEmpty(): boolean {
    return this.inbound.size === 0 && this.deliveries.size === 0 && this.notes.length === 0
  }

  /** Whether nobody else has spoken, or been spoken to, in any of the places. */
  get isWhole(): boolean {
    return this.#others.size === 0 && !this.#isShared
  }

  /** Whether anything can be theirs, after all that is to be done first. */
  get mayBeMore(): boolean {
    return this.inbound.size > 0 || this.notes.length > 0 || this.#hasOwnChat
  }

  /** First, too: who has spoken where, in rows that are no more (`host_state`). */
  noteSpoken(keys: readonly string[]): void {
    const notes = keys.map((key) => {
      const found: unknown = JSON.parse(key.slice(`${hostStateKeys.spoke}:`.length))
      const parts: readonly unknown[] = Array.isArray(found) ? found : []
      return { key, isHere: parts[0] === this.#person.channelType, who: parts[3], parts }
    })
    const placeIn = (parts: readonly unknown[]) => JSON.stringify(parts.slice(0, 3))
    for (const { key, isHere, who, parts } of notes) {
      if (isHere && who === this.#person.handle) {
        this.#theirs.add(placeIn(parts))
        this.notes.push(key)
      } else if (who !== '') this.#others.add(placeIn(parts))
    }
    // The agent's: once it is known whose the places are.
    for (const { key, who, parts } of notes) {
      if (who !== '') continue
      if (this.#isDirect(placeIn(parts))) this.notes.push(key)
      else this.#isShared = true
    }
  }

  /** First, of every message to the agent: who has spoken where. */
  noteSpeaker({ table, row }: PrunedRow): void {
    if (table === 'delivered' && this.#isOwnPlace(placeOf(row))) this.#hasOwnChat = true
    if (table !== 'messages_in') return
    const isChat = row.kind === 'chat' || row.kind === 'chat-sdk'
    const content = contentOf(row)
    const who = isChat ? content.senderId : content.userId
    if (who === undefined || (!isChat && row.kind !== 'system')) return
    const isHere = row.channelType === this.#person.channelType
    const isTheirs = who === this.#person.handle && (isHere || row.channelType === null)
    if (isTheirs) {
      this.#addInbound(row)
      if (isHere) this.#theirs.add(placeOf(row))
    } else if (isChat) this.#others.add(placeOf(row))
  }

  /** Second, of every event: which turns worked on what is theirs. */
  noteTurn({ table, row }: PrunedRow): void {
    if (table !== 'events' || row.type !== 'turn') return
    const { turnId, seqs } = jsonOf(row.detail)
    const isTheirs = Array.isArray(seqs) && seqs.some((seq) => this.#hasInboundSeq(seq))
    if (isTheirs && typeof turnId === 'string') this.turns.add(turnId)
  }

  /** Third, of every answer, and of notices afterwards: adds what is theirs. */
  noteAnswer({ table, row }: PrunedRow): void {
    if (table === 'messages_in' && this.#isDirect(placeOf(row))) this.#addInbound(row)
    if (table !== 'delivered') return
    const isAnswer =
      this.inbound.has(String(row.inReplyTo)) ||
      this.turns.has(String(row.turnId)) ||
      this.#isDirect(placeOf(row))
    if (isAnswer) this.deliveries.set(String(row.messageOutId), Number(row.seq))
    else this.#isShared = true
  }

  /** Whether a row goes: itself, what tells of it, or a notice about it. */
  has({ table, row }: PrunedRow): boolean {
    switch (table) {
      case 'messages_in':
        return this.inbound.has(String(row.id)) || this.#isNoticeOfTheirs(row)
      case 'delivered':
      case 'delivered_parts':
        return this.deliveries.has(String(row.messageOutId))
      case 'events': {
        const { seqs } = jsonOf(row.detail)
        const told: readonly unknown[] = row.type === 'turn' && Array.isArray(seqs) ? seqs : []
        return [row.messageSeq, ...told].some((seq) => this.#hasSeq(seq))
      }
      default:
        return table satisfies never
    }
  }

  /** The places that are theirs alone. */
  get directPlaces(): readonly string[] {
    return [...this.#theirs].filter((place) => !this.#others.has(place))
  }

  #addInbound(row: PrunedRow['row']): void {
    this.inbound.set(String(row.id), Number(row.seq))
    this.#inboundSeqs.add(Number(row.seq))
  }

  readonly #inboundSeqs = new Set<number>()

  #hasInboundSeq(seq: unknown): boolean {
    return typeof seq === 'number' && this.#inboundSeqs.has(seq)
  }

  #hasSeq(seq: unknown): boolean {
    if (typeof seq !== 'number') return false
    if (this.#inboundSeqs.has(seq)) return true
    this.#deliverySeqs ??= new Set(this.deliveries.values())
    return this.#deliverySeqs.has(seq)
  }

  #deliverySeqs: Set<number> | undefined

  #isDirect(place: string): boolean {
    if (this.#others.has(place)) return false
    // Where the chat is called as they are, nobody else can be: also if only the agent has spoken.
    const isOwn = this.#isOwnPlace(place)
    if (isOwn) this.#theirs.add(place)
    return isOwn || this.#theirs.has(place)
  }

  #isOwnPlace(place: string): boolean {
    const [channelType, , platformId]: readonly unknown[] = JSON.parse(place)
    return channelType === this.#person.channelType && platformId === this.#person.handle
  }

  #isNoticeOfTheirs(row: PrunedRow['row']): boolean {
    if (row.kind !== 'system') return false
    const { type, seq } = contentOf(row)
    return (type === 'delivery_failed' || type === 'delivery_refused') && this.#hasSeq(seq)
  }
}

function placeOf({ channelType, channelInstance, platformId }: PrunedRow['row']): string {
  return JSON.stringify([channelType, channelInstance, platformId])
}

function contentOf({ content }: PrunedRow['row']): Record<string, unknown> {
  return jsonOf(content)
}

function jsonOf(text: unknown): Record<string, unknown> {
  if (typeof text !== 'string') return {}
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? { ...found } : {}
  } catch {
    return {}
  }
}
