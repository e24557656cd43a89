import type { HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'

interface Entry {
  readonly event: InboundEvent
  readonly waiters: { resolve(result: HandOverResult): void; reject(error: unknown): void }[]
}

/** The platform's memory of events that nobody has confirmed: one queue a chat, oldest first. */
export class MemoryInbox {
  readonly #chats = new Map<string, Entry[]>()
  readonly #pumps = new Map<string, Promise<void>>()
  #handOver: ((event: InboundEvent) => Promise<HandOverResult>) | undefined

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

  open(handOver: (event: InboundEvent) => Promise<HandOverResult>): void {
    this.#handOver = handOver
    void this.pumpAll()
  }

  async close(): Promise<void> {
    this.#handOver = undefined
    await Promise.all(this.#pumps.values())
  }

  async pumpAll(): Promise<void> {
    await Promise.all([...this.#chats.keys()].map((chatId) => this.#pump(chatId)))
  }

  #pump(chatId: string): Promise<void> {
    const running = this.#pumps.get(chatId)
    if (running !== undefined) return running
    const pump = this.#run(chatId)
    this.#pumps.set(chatId, pump)
    return pump
  }

  async #run(chatId: string): Promise<void> {
    // One turn of the microtask queue first, so that #pumps holds this run before it can end.
    await Promise.resolve()
    const queue = this.#chats.get(chatId) ?? []
    try {
      for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
        const handOver = this.#handOver
        if (handOver === undefined) return
        const result = await handOver(entry.event)
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
