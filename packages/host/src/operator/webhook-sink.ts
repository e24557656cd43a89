import { NanoclawError } from '@nanoclaw/schema'
import { noticeJson } from './operator-notice.ts'
import type { OperatorSink } from './operator-sink.ts'

/** Where notices are posted. */
export interface WebhookSinkOptions {
  /** `https:` or `http:`. It may hold what gives access: it is never logged. */
  readonly url: string
  /** Never logged. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default `globalThis.fetch`. */
  readonly fetch?: typeof fetch | undefined
}

function badOption(problem: string): NanoclawError {
  return new NanoclawError('bad-option', `the operator's webhook: ${problem}`)
}

/** What the platform says of a bad address or header shows it; ours does not. */
function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw badOption('expected an address that begins with https:// or http://')
  }
  if (url.username !== '' || url.password !== '') {
    throw badOption('expected no password in the address; give a header `authorization` instead')
  }
  return url
}

function checkedHeaders(given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value)
    } catch {
      throw badOption(`expected the name and value of a header at ${JSON.stringify(name)}`)
    }
  }
  return headers
}

/** What a network failure was, without the address. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' ? code : 'the connection failed'
}

/**
 * Posts notices as JSON, with the header `Idempotency-Key`. An answer of 200 to 299 means that it
 * has been taken; redirects are not followed.
 * @throws NanoclawError `bad-option` for an address or a header that cannot be used.
 */
export function createWebhookSink(options: WebhookSinkOptions): OperatorSink {
  const url = checkedUrl(options.url)
  const given = checkedHeaders(options.headers ?? {})
  const { fetch = globalThis.fetch } = options
  return {
    name: `webhook ${url.host}`,
    async tell(notice, signal) {
      const headers = new Headers(given)
      headers.set('content-type', 'application/json')
      headers.set('idempotency-key', notice.key)
      const body = noticeJson(notice)
      let response: Response
      try {
        response = await fetch(url, { method: 'POST', redirect: 'manual', headers, body, signal })
      } catch (error) {
        signal.throwIfAborted()
        throw new Error(`it cannot be reached: ${reasonOf(error)}`)
      }
      await response.body?.cancel().catch(() => undefined)
      if (!response.ok) throw new Error(`it answered ${response.status}, expected 200 to 299`)
    },
  }
}
