import { z } from 'zod'
import type { ParrotOptions } from './options.ts'

/** A server that forgets about a question must not leave the bot deaf. */
const ANSWER_WITHIN_MS = 10_000

/** Something that happened. Its number is all that is needed to go on; the rest reads `toEvent`. */
const updateShape = z.looseObject({
  /** Grows by one with every update; asking for those after it confirms this one. */
  seq: z.int(),
  type: z.unknown(),
})

/** Something that happened, as Parrot sent it. */
export type ParrotUpdate = z.infer<typeof updateShape>

const identityShape = z.object({ id: z.string() })
const sentShape = z.object({ id: z.string() })
const updatesShape = z.object({ updates: z.array(updateShape) })
const refusalShape = z.object({ error: z.string() })

/** A message on its way to Parrot. */
export interface ParrotMessage {
  readonly chatId: string
  readonly threadId: string | null
  readonly text: string
  /** The same key again within five minutes is the same message. */
  readonly key: string
}

/** Parrot, or something on the way to it, answered, and what it said is not success. */
export class ParrotError extends Error {
  readonly status: number
  /** What Parrot gives as the reason; undefined when the answer is not Parrot's, but a proxy's. */
  readonly reason: string | undefined
  /** When it wants to be asked again, in milliseconds from now, where it says so. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, reason?: string, retryAfterMs?: number) {
    super(`Parrot answered ${status}${reason === undefined ? '' : ` (${reason})`}.`)
    this.name = 'ParrotError'
    this.status = status
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

/** The requests that this adapter makes. All reject with a ParrotError, or as `fetch` does. */
export interface ParrotApi {
  /** The bot's own id. */
  whoAmI(signal: AbortSignal): Promise<string>
  /** Updates after that one, oldest first; waits so long for one where there is none. */
  updatesAfter(
    seq: number,
    waitSeconds: number,
    signal: AbortSignal,
  ): Promise<readonly ParrotUpdate[]>
  /** The id of the message that now stands in the chat. */
  send(message: ParrotMessage, signal: AbortSignal): Promise<string>
}

/** Talks to a Parrot server with a bot's token, through this `fetch`. */
export function createParrotApi(options: ParrotOptions, fetch: typeof globalThis.fetch): ParrotApi {
  const base = options.url.replace(/\/+$/, '')

  async function request(path: string, init: RequestInit): Promise<unknown> {
    const headers = { ...init.headers, authorization: `Bearer ${options.token}` }
    const response = await fetch(`${base}${path}`, { ...init, headers })
    if (response.ok) return await response.json()
    throw new ParrotError(
      response.status,
      await reasonIn(response),
      waitAskedFor(response.headers.get('retry-after')),
    )
  }

  async function ask(path: string, signal: AbortSignal, waitSeconds = 0): Promise<unknown> {
    const limit = AbortSignal.timeout(waitSeconds * 1000 + ANSWER_WITHIN_MS)
    return await request(path, { signal: AbortSignal.any([signal, limit]) })
  }

  return {
    whoAmI: async (signal) => identityShape.parse(await ask('/v1/me', signal)).id,
    async updatesAfter(seq, waitSeconds, signal) {
      const path = `/v1/updates?after=${seq}&wait=${waitSeconds}`
      return updatesShape.parse(await ask(path, signal, waitSeconds)).updates
    },
    async send({ chatId, threadId, text, key }, signal) {
      const answer = await request(`/v1/chats/${encodeURIComponent(chatId)}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ text, thread: threadId }),
        signal,
      })
      return sentShape.parse(answer).id
    },
  }
}

async function reasonIn(response: Response): Promise<string | undefined> {
  const refusal = refusalShape.safeParse(await response.json().catch(() => undefined))
  return refusal.data?.error.slice(0, 200)
}

/** `retry-after` is a number of seconds or a date. One that is empty or over asks for nothing. */
function waitAskedFor(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000
  return ms > 0 ? ms : undefined
}
