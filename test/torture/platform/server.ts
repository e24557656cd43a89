import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { well, type SendFault, type SendFaults } from './faults.ts'
import type { World } from './world.ts'

/** One request to show something, and what was done to it. */
export interface SendRecord {
  readonly at: string
  readonly key: string
  readonly room: string
  readonly fault: SendFault['type']
}

/** The chat service, listening on loopback; it speaks as Pigeon does (examples/own-channel). */
export interface Platform {
  readonly url: string
  readonly token: string
  readonly world: World
  /** Every send that has come in. */
  readonly sends: readonly SendRecord[]
  /** What is done to the sends from now on. */
  setFaults(faults: SendFaults): void
  /** Called when a send is being held. */
  onHold(listener: () => void): void
  /** Refuses connections, or takes them again. */
  setReachable(reachable: boolean): Promise<void>
  close(): Promise<void>
}

const longestWaitSeconds = 30

/** Starts it on a free port. */
export async function startPlatform(world: World): Promise<Platform> {
  const token = crypto.randomUUID()
  const sends: SendRecord[] = []
  const holdListeners = new Set<() => void>()
  let faults = well

  async function send(
    room: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await json(request)
    const text = String(field(body, 'text', 'string'))
    const key = String(field(body, 'nonce', 'string'))
    if (!world.hasRoom(room)) return answer(response, 404, { error: 'not_found' })
    const fault = faults()
    sends.push({ at: new Date().toISOString(), key, room, fault: fault.type })
    const take = (): string => world.send(room, text, key)
    switch (fault.type) {
      case 'trouble':
        return answer(response, 503, { error: 'trouble' })
      case 'slow-down':
        response.setHeader('retry-after', String(fault.seconds))
        return answer(response, 429, { error: 'slow_down' })
      case 'reset-before':
        return reset(request)
      case 'reset-after':
        take()
        return reset(request)
      case 'silent':
        return void take()
      case 'hold':
        if (fault.taken) take()
        for (const listener of [...holdListeners]) listener()
        return
      case 'late': {
        const id = take()
        await pause(fault.ms)
        return answer(response, 200, { id })
      }
      case 'slow':
        await pause(fault.ms)
        return answer(response, 200, { id: take() })
      case 'none':
        return answer(response, 200, { id: take() })
      default:
        return fault satisfies never
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${token}`) {
      return answer(response, 401, { error: 'unauthorised' })
    }
    const url = new URL(request.url ?? '/', 'http://platform')
    const [, , kind = '', id = ''] = url.pathname.split('/').map(decodeURIComponent)
    switch (`${request.method} ${kind}`) {
      case 'GET me':
        return answer(response, 200, { id: 'bot-1', name: 'Bot' })
      case 'GET rooms': {
        const name = url.searchParams.get('name')
        const rooms = world.rooms.filter((room) => name === null || room.name === name)
        return answer(response, 200, { rooms })
      }
      case 'GET sends': {
        const sent = world.sentUnder(id)
        if (sent === undefined) return answer(response, 404, { error: 'not_found' })
        return answer(response, 200, { id: sent })
      }
      case 'GET updates':
        await untilUpdate(world, Number(url.searchParams.get('wait') ?? 0), response)
        return answer(response, 200, { updates: world.updates() })
      case 'POST updates':
        world.confirm(Number(field(await json(request), 'offset', 'number')))
        return answer(response, 200, {})
      case 'POST rooms':
        return await send(id, request, response)
      default:
        return answer(response, 404, { error: 'not_found' })
    }
  }

  const server = createServer((request, response) => {
    // A client that was killed leaves half a request behind.
    handle(request, response).catch(() => reset(request))
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
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
    sends,
    setFaults: (next) => void (faults = next),
    onHold: (listener) => void holdListeners.add(listener),
    setReachable: (reachable) => (reachable ? listen(port) : close()),
    close,
  }
}

function field(body: unknown, name: string, type: 'string' | 'number'): unknown {
  const value: unknown = Reflect.get(Object(body), name)
  if (typeof value !== type) throw new TypeError(`expected a ${type} as ${name}`)
  return value
}

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function untilUpdate(world: World, seconds: number, response: ServerResponse): Promise<void> {
  if (world.updates().length > 0 || !(seconds > 0)) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      forget()
      resolve()
    }
    const timer = setTimeout(end, Math.min(seconds, longestWaitSeconds) * 1_000)
    const forget = world.onUpdate(end)
    response.once('close', end)
  })
}
