import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { ParrotWorld, type ParrotFault } from './world.ts'

const messageShape = z.object({ text: z.string().min(1), thread: z.string().nullish() })
const lineShape = z.object({ chat: z.string(), text: z.string(), name: z.string().optional() })

/** A running Parrot: a small chat service over HTTP on loopback, in this process. */
export interface ParrotServer {
  readonly url: string
  readonly world: ParrotWorld
  /** Goes away, or comes back at the same address. */
  setReachable(reachable: boolean): void
  /** Cuts all connections. */
  cutConnections(): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts one; `port` 0 takes any that is free. */
export async function startParrot({ port = 0 } = {}): Promise<ParrotServer> {
  const world = new ParrotWorld()
  const server = createServer((request, response) => {
    // A connection that is kept open can die in the very moment in which it is used again.
    response.setHeader('connection', 'close')
    answer(world, request, response).catch((error: unknown) => refuse(response, 400, String(error)))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port')
  let closed = Promise.resolve()
  const away = (): Promise<void> => {
    if (!server.listening) return closed
    closed = new Promise((resolve) => void server.close(() => resolve()))
    server.closeAllConnections()
    return closed
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    world,
    setReachable(reachable) {
      if (!reachable) void away()
      else void closed.then(() => server.listen(address.port, '127.0.0.1'))
    },
    cutConnections: () => server.closeAllConnections(),
    close: away,
    [Symbol.asyncDispose]: away,
  }
}

async function answer(
  world: ParrotWorld,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://parrot')
  const [, root = '', chat = '', rest] = url.pathname.split('/').map(decodeURIComponent)
  const route = `${request.method} /${root}`
  if (route === 'POST /people') {
    return reply(response, 201, { id: world.say(lineShape.parse(await json(request))) })
  }
  if (route === 'GET /people') {
    return reply(response, 200, { posts: world.posts })
  }
  if (root !== 'v1') return refuse(response, 404, 'no such address')
  if (request.headers.authorization !== `Bearer ${world.token}`) {
    return refuse(response, 401, 'the token is not valid')
  }
  if (chat === 'me') return reply(response, 200, { id: world.botId })
  if (chat === 'updates' && world.updatesFail) return refuse(response, 500, 'something broke')
  if (chat === 'updates') return sendUpdates(world, url.searchParams, response)
  if (chat === 'chats' && rest !== undefined) {
    return takeMessage(world, rest, request, response)
  }
  refuse(response, 404, 'no such address')
}

/** Answers at once when there are updates, else when there is one, or `wait` seconds are over. */
function sendUpdates(world: ParrotWorld, query: URLSearchParams, response: ServerResponse): void {
  const after = Number(query.get('after') ?? 0)
  world.confirmed = Math.max(world.confirmed, after)
  const flush = (): void => {
    forget()
    clearTimeout(timer)
    reply(response, 200, { updates: world.updatesAfter(after) })
  }
  const forget = world.onUpdate(flush)
  const timer = setTimeout(flush, Number(query.get('wait') ?? 0) * 1000)
  response.on('close', () => {
    forget()
    clearTimeout(timer)
  })
  if (world.updatesAfter(after).length > 0 || query.get('wait') === '0') flush()
}

async function takeMessage(
  world: ParrotWorld,
  chat: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = messageShape.parse(await json(request))
  const fault: ParrotFault | undefined = world.faults.shift()
  if (!world.has(chat)) return refuse(response, 404, 'the chat is gone')
  if (body.text.length > 2_000) return refuse(response, 413, 'the text is too long')
  if (fault === 'unavailable') return refuse(response, 503, 'not now')
  if (fault === 'slow-down') response.setHeader('retry-after', '7')
  if (fault === 'slow-down' || fault === 'slow-down-bare') return refuse(response, 429, 'too fast')
  if (fault === 'silence') return
  if (fault === 'cut-before') return void response.destroy()
  const key = request.headers['idempotency-key']
  const post = world.send(chat, body.thread ?? null, body.text, key?.toString())
  if (fault === 'cut-after') return void response.destroy()
  if (fault === 'broken-after') return refuse(response, 500, 'something broke')
  reply(response, 201, { id: post.id })
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, error: string): void {
  reply(response, status, { error })
}
