import { z } from 'zod'
import type { ParrotOptions } from './options.ts'

/** How long Parrot may hold a request for updates open while there are none. */
const POLL_SECONDS = 25

/** Something that happened. What it is says `toEvent`, which lets pass what it does not know. */
const updateShape = z.looseObject({
  /** Grows by one with every update; asking for those after it confirms this one. */
  seq: z.number().int(),
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

/** Parrot answered, and what it said is not success. */
export class ParrotError extends Error {
  readonly status: number
  /** When it wants to be asked again, in milliseconds from now, where it says so. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, reason: string, retryAfterMs?: number) {
    super(`Parrot answered ${status}: ${reason}`)
    this.name = 'ParrotError'
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** The requests that this adapter makes. All reject with a ParrotError, or as `fetch` does. */
export interface ParrotApi {
  /** The bot's own id. */
  whoAmI(signal: AbortSignal): Promise<string>
  /** Updates after that one, oldest first; waits a while for one where there is none. */
  updatesAfter(seq: number, signal: AbortSignal): Promise<readonly ParrotUpdate[]>
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
      await refusalOf(response),
      waitAskedFor(response.headers.get('retry-after')),
    )
  }

  return {
    whoAmI: async (signal) => identityShape.parse(await request('/v1/me', { signal })).id,
    async updatesAfter(seq, signal) {
      // A server that forgets about the request must not leave the bot deaf.
      const limit = AbortSignal.timeout((POLL_SECONDS + 10) * 1000)
      const answer = await request(`/v1/updates?after=${seq}&wait=${POLL_SECONDS}`, {
        signal: AbortSignal.any([signal, limit]),
      })
      return updatesShape.parse(answer).updates
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

/** Parrot's own words, or those of whatever stands in between. */
async function refusalOf(response: Response): Promise<string> {
  const refusal = refusalShape.safeParse(await response.json().catch(() => undefined))
  return refusal.success ? refusal.data.error.slice(0, 200) : response.statusText
}

/** `retry-after` is a number of seconds or a date. */
function waitAskedFor(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
