import type { AdapterState } from '@nanoclaw/adapters'
import { z } from 'zod'

const offsetKey = 'offset'
const ownMessagesKey = 'own-messages'
const mostOwnMessages = 1_000

const offsetShape = z.coerce.number().int()
const ownMessagesShape = z.array(z.string())

/** What must survive a crash. Its methods reject when the host cannot write. */
export interface Memory {
  /** The last update that the host has, or that is none of its business. */
  readonly offset: number
  isOwnMessage(id: string): boolean
  noteOffset(offset: number): Promise<void>
  /** An answer names only the id of what it answers: the bot's own have to be known. */
  noteOwnMessage(id: string): Promise<void>
}

/** Reads what the process before has left. */
export async function openMemory(state: AdapterState): Promise<Memory> {
  let offset = offsetShape.parse((await state.get(offsetKey)) ?? '0')
  let own = new Set(ownMessagesShape.parse(JSON.parse((await state.get(ownMessagesKey)) ?? '[]')))
  return {
    get offset() {
      return offset
    },
    isOwnMessage: (id) => own.has(id),
    async noteOffset(next) {
      await state.set(offsetKey, String(next))
      offset = next
    },
    async noteOwnMessage(id) {
      const next = [...new Set([...own, id])].slice(-mostOwnMessages)
      await state.set(ownMessagesKey, JSON.stringify(next))
      own = new Set(next)
    },
  }
}
