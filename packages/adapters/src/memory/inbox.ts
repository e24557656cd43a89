import type { HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'

interface Entry {
  readonly event: InboundEvent
  readonly waiters: { resolve(result: HandOverResult): void; reject(error: unknown): void }[]
}

interface Connection {
  handOver(event: InboundEvent): Promise<HandOverResult>
  /** Never fulfilled; rejected when whoever listened has died. */
  readonly cut: Promise<never>
  readonly die: (error: Error) => void
}

/** The platform's memory of events that nobody has confirmed: one queue a chat, oldest first. */
export class MemoryInbox {
  readonly #chats = new Map<string, Entry[]>()
  readonly #pumps = new Map<string, Promise<void>>()
  #connection: Connection | undefined

  get unconfirmed(): InboundEvent[] {
    return [...this.#chats.values()].flat().map((entry) => entry.event)
  }

  add(event: InboundEvent): Promise<HandOverResult> {
    return new Promise((resolve, reject) => {
      const queue = this.#chats.get(event.chatId) ?? []
      this.#chats.set(event.chatId, queue)
      queue.push({ event, waiters: [{ resolve, reject }] })
      void this.#pump(event.chatId)
    })
  }

  open(handOver: Connection['handOver']): void {
    let die = (_error: Error): void => {}
    const cut = new Promise<never>((_resolve, reject) => (die = reject))
    cut.catch(() => undefined)
    this.#connection = { handOver, cut, die }
    void this.pumpAll()
  }

  /** No new hand-over; resolves when those in flight have ended. */
  async close(): Promise<void> {
    this.#connection = undefined
    await Promise.all(this.#pumps.values())
  }

  /** Whoever listened is dead: what was in flight is not confirmed. */
  cut(): void {
    this.#connection?.die(new Error('The adapter died before it confirmed this.'))
    this.#connection = undefined
  }

  async pumpAll(): Promise<void> {
    await Promise.all([...this.#chats.keys()].map((chatId) => this.#pump(chatId)))
  }

  async #pump(chatId: string): Promise<void> {
    const running = this.#pumps.get(chatId)
    if (running !== undefined) return await running
    const pump = this.#run(chatId)
    this.#pumps.set(chatId, pump)
    return await pump
  }

  async #run(chatId: string): Promise<void> {
    // One turn of the microtask queue first, so that #pumps holds this run before it can end.
    await Promise.resolve()
    const queue = this.#chats.get(chatId) ?? []
    try {
      for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
        const connection = this.#connection
        if (connection === undefined) return
        const result = await Promise.race([connection.handOver(entry.event), connection.cut])
        queue.shift()
        for (const waiter of entry.waiters.splice(0)) waiter.resolve(result)
      }
      this.#chats.delete(chatId)
    } catch (error) {
      for (const { waiters } of queue) {
        for (const waiter of waiters.splice(0)) waiter.reject(error)
      }
    } finally {
      // In the same turn as the last look at the queue: what is added next starts a new run.
      this.#pumps.delete(chatId)
    }
  }
}
