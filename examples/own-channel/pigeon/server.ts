import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { bot, Refusal, World } from './world.ts'

/** What goes wrong with the next thing that the bot sends. */
export type Fault =
  /** 503, nothing taken. */
  | 'trouble'
  /** 429 with `retry-after: 7`, nothing taken. */
  | 'slow-down'
  /** 429 without saying how long, nothing taken. */
  | 'slow-down-somehow'
  /** The connection is closed before the request is looked at. */
  | 'cut'
  /** Taken and shown, and then the connection is closed without an answer. */
  | 'lose-answer'
  /** Not taken, and no answer ever comes. */
  | 'hang'

/** A running service, and the far side of it for a test to play. */
export interface Pigeon {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** The bot's token, until `revoke`. */
  readonly token: string
  readonly world: World
  /** How many requests have come in. */
  readonly requests: number
  failNext(fault: Fault): void
  /** The bot's token is worth nothing from now on. */
  revoke(): void
  /** Refuses connections, or takes them again. */
  setReachable(reachable: boolean): Promise<void>
  close(): Promise<void>
}

const longestWaitSeconds = 30

/** Starts the service on a free port of loopback. */
export async function startPigeon(): Promise<Pigeon> {
  const world = new World()
  const token = crypto.randomUUID()
  const faults: Fault[] = []
  let revoked = false
  let requests = 0

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1
    try {
      const authorised = request.headers.authorization === `Bearer ${token}` && !revoked
      if (!authorised) throw new Refusal(401, 'unauthorised')
      const fault = request.method === 'GET' || isConfirm(request) ? undefined : faults.shift()
      if (fault === 'hang') return
      if (fault === 'cut') return void request.socket.destroy()
      if (fault === 'trouble') throw new Refusal(503, 'trouble')
      if (fault === 'slow-down') response.setHeader('retry-after', '7')
      if (fault?.startsWith('slow-down')) throw new Refusal(429, 'slow_down')
      const body = await answer(world, request, response)
      if (fault === 'lose-answer') return void request.socket.destroy()
      write(response, 200, body)
    } catch (error) {
      if (error instanceof Refusal) write(response, error.status, { error: error.message })
      else write(response, 400, { error: 'bad_request' })
    }
  }

  const server = createServer((request, response) => void handle(request, response))
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    world,
    get requests() {
      return requests
    },
    failNext: (fault) => void faults.push(fault),
    revoke: () => void (revoked = true),
    setReachable: (reachable) => (reachable ? listen(port) : close()),
    close,
  }
}

function isConfirm(request: IncomingMessage): boolean {
  return request.url === '/v1/updates/confirm'
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** The table of requests. Throws `Refusal`. */
async function answer(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://pigeon')
  const [, version, kind = '', id = '', last = ''] = url.pathname.split('/').map(decodeURIComponent)
  const asked = version === 'v1' ? `${request.method} ${kind}` : ''
  switch (asked) {
    case 'GET me':
      return { id: bot.id, name: bot.name }
    case 'GET rooms':
      return { rooms: world.roomsNamed(url.searchParams.get('name')) }
    case 'GET sends': {
      const sent = world.sentUnder(id)
      if (sent === undefined) throw new Refusal(404, 'not_found')
      return { id: sent }
    }
    case 'GET updates':
      return { updates: await waitForUpdates(world, url, response) }
    case 'POST updates':
      world.confirm(Number(field(await json(request), 'offset', 'number')))
      return {}
  }
  const body = await json(request)
  const given = optional(body, 'nonce')
  const nonce = given === undefined ? {} : { nonce: given }
  if (asked === 'POST rooms' && last === 'messages') {
    const thread = optional(body, 'thread') ?? null
    return { id: world.send(id, { text: text(body, 'text'), thread, ...nonce }) }
  }
  if (asked === 'PATCH messages')
    return { id: world.edit(id, { text: text(body, 'text'), ...nonce }) }
  if (asked === 'PUT messages' && last === 'reactions') {
    return { id: world.reactAsBot(id, { emoji: text(body, 'emoji'), ...nonce }) }
  }
  throw new Refusal(404, 'not_found')
}

async function waitForUpdates(world: World, url: URL, response: ServerResponse) {
  const seconds = Math.min(Number(url.searchParams.get('wait') ?? 0), longestWaitSeconds)
  const found = world.updates()
  if (found.length > 0 || !(seconds > 0)) return found
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      forget()
      resolve()
    }
    const timer = setTimeout(end, seconds * 1_000)
    const forget = world.onUpdate(end)
    response.once('close', end)
  })
  return response.destroyed ? [] : world.updates()
}

function field(body: unknown, name: string, type: 'string' | 'number'): unknown {
  const value: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  if (typeof value !== type) throw new Refusal(400, 'bad_request')
  return value
}

function text(body: unknown, name: string): string {
  return String(field(body, name, 'string'))
}

function optional(body: unknown, name: string): string | undefined {
  const value: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  return typeof value === 'string' ? value : undefined
}
