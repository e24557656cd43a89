import { z } from 'zod'
import type { PigeonOptions } from './options.ts'

/** How long a question may take beyond what it asked Pigeon to wait. */
const patienceMs = 15_000

const idShape = z.object({ id: z.string().min(1) })
const roomsShape = z.object({ rooms: z.array(z.object({ id: z.string(), name: z.string() })) })
/** Only what confirms an update: the rest is read one by one, so that one spoils no other. */
const updatesShape = z.object({ updates: z.array(z.looseObject({ offset: z.int() })) })
const refusalShape = z.object({ error: z.string() })

/** What a send carries besides its address. */
interface SendBody {
  readonly text?: string
  readonly emoji?: string
  readonly thread?: string
  /** The host's key. */
  readonly nonce: string
}

/** A request that changes something a reader sees. */
export interface Send {
  readonly method: 'POST' | 'PATCH' | 'PUT'
  readonly path: string
  readonly body: SendBody
}

/** An update that has its offset; all else is still unchecked. */
export type RawUpdate = z.infer<typeof updatesShape>['updates'][number]

/** Pigeon answered, and not with success. */
export class PigeonRefusal extends Error {
  readonly status: number
  /** Pigeon's own word; undefined when something in between has answered. */
  readonly code: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(status: number, code: string | undefined, retryAfterMs: number | undefined) {
    super(`Pigeon answered ${status} (${code ?? 'without its own error code'}).`)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** The requests of a bot. They reject with a `PigeonRefusal`, or with what `fetch` throws. */
export type PigeonApi = ReturnType<typeof createPigeonApi>

/** Makes no request. */
export function createPigeonApi({ url, token }: PigeonOptions, fetch: typeof globalThis.fetch) {
  const base = url.replace(/\/+$/, '')

  async function request(
    method: string,
    path: string,
    { signal, body }: { readonly signal: AbortSignal; readonly body?: object },
  ): Promise<unknown> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${base}/v1/${path}`, init)
    if (response.ok) return await response.json()
    const { data } = refusalShape.safeParse(await response.json().catch(() => undefined))
    const seconds = Number(response.headers.get('retry-after'))
    throw new PigeonRefusal(response.status, data?.error, seconds > 0 ? seconds * 1_000 : undefined)
  }

  /** A question may be asked again, so that it has a limit; a send has only the host's. */
  function ask(path: string, signal: AbortSignal, waitMs = 0): Promise<unknown> {
    const limit = AbortSignal.timeout(waitMs + patienceMs)
    return request('GET', path, { signal: AbortSignal.any([signal, limit]) })
  }

  return {
    /** The bot's own id. */
    async whoAmI(signal: AbortSignal): Promise<string> {
      return idShape.parse(await ask('me', signal)).id
    },

    /** All rooms of exactly this name. */
    async roomsNamed(name: string, signal: AbortSignal) {
      const { rooms } = roomsShape.parse(
        await ask(`rooms?name=${encodeURIComponent(name)}`, signal),
      )
      return rooms.filter((room) => room.name === name)
    },

    /** What is not confirmed, perhaps after one that is; waits so long for something new. */
    async updates(waitSeconds: number, signal: AbortSignal): Promise<readonly RawUpdate[]> {
      const answer = await ask(`updates?wait=${waitSeconds}`, signal, waitSeconds * 1_000)
      return updatesShape.parse(answer).updates
    },

    /** Updates up to this offset need not come again. */
    async confirm(offset: number, signal: AbortSignal): Promise<void> {
      const limit = AbortSignal.timeout(patienceMs)
      const init = { body: { offset }, signal: AbortSignal.any([signal, limit]) }
      await request('POST', 'updates/confirm', init)
    },

    /** The id of the message that was sent, or changed. */
    async send({ method, path, body }: Send, signal: AbortSignal): Promise<string> {
      return idShape.parse(await request(method, path, { body, signal })).id
    },

    /** The id of what was sent under this nonce; rejects with a 404 when Pigeon knows of nothing. */
    async sentUnder(nonce: string, signal: AbortSignal): Promise<string> {
      return idShape.parse(await ask(`sends/${encodeURIComponent(nonce)}`, signal)).id
    },
  }
}
