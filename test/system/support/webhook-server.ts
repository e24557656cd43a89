import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** What a webhook was sent. */
export interface Posted {
  readonly key: string | undefined
  readonly notice: {
    readonly text: string
    readonly total: number
    readonly incidents: readonly { readonly kind: string; readonly subject: string }[]
  }
}

/** A webhook on loopback, closed after the test. */
export interface WebhookServer {
  readonly url: string
  /** In the order in which they came. */
  readonly posted: readonly Posted[]
  /** The nth, from 1, once it has come. */
  nth(count: number): Promise<Posted>
  /** How the next requests are answered. At first 204. */
  answer: (response: ServerResponse) => void
}

/** Starts one. */
export async function startWebhook(): Promise<WebhookServer> {
  const posted: Posted[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const key = request.headers['idempotency-key']
      posted.push({ key: key?.toString(), notice: JSON.parse(body) })
      webhook.answer(response)
      for (const look of [...waiting]) look()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const webhook: WebhookServer = {
    url: `http://127.0.0.1:${address.port}/`,
    posted,
    answer: (response) => void response.writeHead(204).end(),
    async nth(count) {
      for (;;) {
        const found = posted[count - 1]
        if (found !== undefined) return found
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
      }
    },
  }
  return webhook
}
