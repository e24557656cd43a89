import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { withinDeadline } from '../../src/deadline.ts'
import { createWebhookSink } from '../../src/operator/webhook-sink.ts'
import { notice } from './notices.ts'

interface Asked {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A real server that answers as it is told, and keeps what it was asked. */
async function server(answer: (response: ServerResponse) => void) {
  const asked: Asked[] = []
  const http = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.method, path: request.url, headers: request.headers, body })
      answer(response)
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(async () => {
    http.closeAllConnections()
    http.close()
    await once(http, 'close')
  })
  const { port } = http.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/secret-path`, port, asked }
}

const never = new AbortController().signal

test('a webhook is posted the notice as JSON, with its key and the headers given', async () => {
  const { url, asked, port } = await server((response) => response.writeHead(204).end())
  const sink = createWebhookSink({ url, headers: { authorization: 'Bearer token' } })
  await sink.tell(notice(), never)
  expect(asked).toMatchObject([
    {
      method: 'POST',
      path: '/secret-path',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': 'inc-00000001',
        authorization: 'Bearer token',
      },
    },
  ])
  expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ version: 1, total: 1 })
  expect(sink.name).toBe(`webhook 127.0.0.1:${port}`)
})

test.each([302, 307, 400, 500, 503])(
  'an answer of %s is not taken, and not followed',
  async (status) => {
    const { url, asked } = await server((response) =>
      response.writeHead(status, { location: '/elsewhere' }).end('no'),
    )
    const telling = createWebhookSink({ url }).tell(notice(), never)
    await expect(telling).rejects.toThrow(`it answered ${status}, expected 200 to 299`)
    expect(asked.map(({ path }) => path)).toEqual(['/secret-path'])
  },
)

test('one that does not answer is given up at the deadline', async () => {
  const { url } = await server(() => undefined)
  const sink = createWebhookSink({ url })
  const telling = withinDeadline((signal) => sink.tell(notice(), signal), { timeoutMs: 50 })
  await expect(telling).rejects.toThrow('no answer within 50 ms')
})

test('one that is not there says so, without the address', async () => {
  const { port } = await server(() => undefined)
  const unused = createServer().listen(0, '127.0.0.1')
  await once(unused, 'listening')
  const { port: free } = unused.address() as AddressInfo
  unused.close()
  await once(unused, 'close')
  expect(free).not.toBe(port)
  const telling = createWebhookSink({ url: `http://127.0.0.1:${free}/secret` }).tell(
    notice(),
    never,
  )
  await expect(telling).rejects.toThrow(/^it cannot be reached: ECONNREFUSED$/)
})

test.each([
  ['no address', { url: 'secret words' }],
  ['an address of a file', { url: 'file:///secret' }],
  ['a password in the address', { url: 'https://ann:secret@example.org' }],
  ['a header that cannot be', { url: 'https://example.org', headers: { token: 'secret\nvalue' } }],
])('%s is refused when the sink is made, and not shown', (_what, options) => {
  expect(() => createWebhookSink(options)).toThrow(
    expect.objectContaining({
      code: 'bad-option',
      message: expect.not.stringContaining('secret'),
    }),
  )
})
