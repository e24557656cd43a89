import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import {
  createTerminalAdapter,
  type TerminalAdapter,
  type TerminalMessage,
} from '@nanoclaw/adapters/terminal'
import { NanoclawError } from '@nanoclaw/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openChat } from '../src/control/client.ts'
import {
  requestDeliveries,
  requestRequeue,
  requestResolve,
  requestSettle,
  requestStatus,
  requestTrace,
} from '../src/control/request.ts'
import { maxFrameBytes } from '../src/control/frames.ts'
import type { StatusReport } from '../src/control/protocol.ts'
import type { LedgerDesk } from '../src/control/server-deps.ts'
import { startControlServer, type ControlServer } from '../src/control/server.ts'
import { createDeferred, type Deferred } from '../src/deferred.ts'

const report: StatusReport = {
  pid: 1,
  startedAt: 'now',
  version: '0',
  home: '/h',
  agents: [],
  channels: [],
  chats: [],
  deliveries: {},
  incidents: [],
  driver: { name: 'process', isolation: 'none' },
  host: { containers: 0, maxContainers: 1, channels: [], operator: { untold: 0, sinks: [] } },
}
const ledger: LedgerDesk = {
  deliveries: async ({ limit }) => ({ deliveries: [], sessions: limit, unread: [] }),
  trace: async () => undefined,
  requeue: async (id) => {
    if (id === 'out-1') return { direction: 'out', id, status: 'queued' }
    throw new NanoclawError('not-found', `no message is called ${id}`)
  },
  forget: async (person, dryRun) => ({
    ...{ person, dryRun, sessions: [], beyond: [] },
    central: { receipts: 0, channelState: 0, incidents: 0, chatNames: 0 },
  }),
  settle: async (_id, as) => as,
}
const admin = async () => ({ outcome: 'done', result: {}, lines: new Array<string>() }) as const
const author = { id: 'ag-1', name: 'nano' }

let folder = ''
let path = ''
let terminal: TerminalAdapter
let server: ControlServer
let handOver: (event: InboundEvent) => Promise<HandOverResult>
let quiet: Deferred<{ unanswered: number }>
const sockets = new Set<Socket>()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nc-ctl-'))
  path = join(folder, 's')
  quiet = createDeferred()
  handOver = async () => ({ outcome: 'accepted' })
  terminal = createTerminalAdapter()
  const ignore = (): void => undefined
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
  const clock = { now: () => new Date().toISOString() }
  await terminal.start({
    handOver: (event) => handOver(event),
    state: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    logger,
    clock,
    fetch,
    signal: new AbortController().signal,
    deliveryUpdate: async () => {},
    healthChanged: ignore,
  })
  server = await startControlServer(path, {
    terminal,
    logger,
    names: { agent: 'nano', chat: 'terminal' },
    status: async () => report,
    whenQuiet: () => quiet.promise,
    resolveIncident: async (id) => id === 'inc-known',
    ledger,
    admin,
    partingMs: 50,
  })
})

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await server.stop('the test is over')
  await terminal.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A client that is not ours: writes what it likes, and gets what the daemon says until it ends. */
function rawClient(): { socket: Socket; said: Promise<string> } {
  const socket = connect(path)
  sockets.add(socket)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  socket.on('error', () => undefined)
  return { socket, said: new Promise((resolve) => socket.once('close', () => resolve(text))) }
}

function deliver(text: string, key: string) {
  const signal = AbortSignal.timeout(10_000)
  const origin = { chatId: 'terminal', threadId: null }
  return terminal.deliver(origin, { type: 'text', text }, { key, signal, author })
}

async function attach(show: (message: TerminalMessage) => Promise<void> = async () => {}) {
  const chat = await openChat(path, folder)
  chat.begin({ show })
  return chat
}

describe('the control socket', () => {
  it('is for this user alone, and replaces what a dead daemon left', async () => {
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    const other = join(folder, 'other')
    writeFileSync(other, 'left over')
    const second = await startControlServer(other, {
      terminal,
      names: { agent: 'a', chat: 'c' },
      logger: { debug: () => undefined },
      status: async () => report,
      whenQuiet: async () => ({ unanswered: 0 }),
      resolveIncident: async () => false,
      ledger,
      admin,
    })
    expect(await requestStatus(other, folder)).toEqual(report)
    await second.stop('enough')
  })

  it('answers a request for the status', async () => {
    expect(await requestStatus(path, folder)).toEqual(report)
  })

  it('says that no daemon runs where nothing listens', async () => {
    await expect(requestStatus(join(folder, 'none'), folder)).rejects.toMatchObject({ exitCode: 3 })
    writeFileSync(join(folder, 'dead'), '')
    await expect(requestStatus(join(folder, 'dead'), folder)).rejects.toMatchObject({ exitCode: 3 })
  })

  it.each([
    ['no JSON', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a frame of another version', '{"type":"chat","version":7}\n'],
    ['a line before any request', '{"type":"line","id":1,"messageId":"m","text":"x"}\n'],
    ['nonsense after a request', '{"type":"chat","version":1}\n{"type":"line","id":-1}\n'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
  ])('ends a client that sends %s, with the reason, and serves the next', async (_, bytes) => {
    const { socket, said } = rawClient()
    socket.write(bytes)
    const last: unknown = JSON.parse((await said).trim().split('\n').at(-1) ?? '')
    expect(last).toEqual({ type: 'bye', reason: expect.any(String) })
    expect(await requestStatus(path, folder)).toEqual(report)
  })

  it('ends a client whose frame is longer than the cap, without waiting for its end', async () => {
    const { socket, said } = rawClient()
    socket.write('{"type":"chat","version":1}\n')
    socket.write('x'.repeat(maxFrameBytes + 1))
    expect(await said).toContain('longer than')
    expect(await requestStatus(path, folder)).toEqual(report)
  })

  it('ends clients that send nothing and never close, so that there is room for others', async () => {
    const other = join(folder, 'quick')
    const quick = await startControlServer(other, {
      terminal,
      names: { agent: 'a', chat: 'c' },
      logger: { debug: () => undefined },
      status: async () => report,
      whenQuiet: () => quiet.promise,
      resolveIncident: async () => false,
      ledger,
      admin,
      firstFrameMs: 20,
      partingMs: 20,
    })
    // Reads nothing, so that it does not notice that the daemon has closed its side.
    const silent = Array.from({ length: 32 }, () => {
      const socket = connect({ path: other, allowHalfOpen: true })
      sockets.add(socket)
      return socket.on('error', () => undefined)
    })
    await Promise.all(silent.map((socket) => new Promise((r) => socket.once('connect', r))))
    await expect.poll(() => requestStatus(other, folder).catch(() => 'full')).toEqual(report)
    await quick.stop('enough')
  })

  it('resolves an incident, and says when none has that id', async () => {
    expect(await requestResolve(path, folder, 'inc-known')).toBe(true)
    expect(await requestResolve(path, folder, 'inc-other')).toBe(false)
  })

  it('answers what is asked about messages, and refuses with the reason and its code', async () => {
    const at = { socketPath: path, home: folder }
    const listed = await requestDeliveries(at, { failed: true, limit: 7 })
    expect(listed).toEqual({ deliveries: [], sessions: 7, unread: [] })
    expect(await requestTrace(at, 'in-1')).toBeUndefined()
    expect(await requestRequeue(at, 'out-1')).toEqual({
      direction: 'out',
      id: 'out-1',
      status: 'queued',
    })
    expect(await requestSettle(at, 'out-1', 'failed')).toBe('failed')
    await expect(requestRequeue(at, 'out-2')).rejects.toMatchObject({
      exitCode: 1,
      code: 'not-found',
      message: 'no message is called out-2',
    })
  })

  it('says so when a daemon does not answer in time', async () => {
    const dumb = createServer((socket) => sockets.add(socket))
    const at = join(folder, 'dumb')
    await new Promise<void>((resolve) => dumb.listen(at, resolve))
    await expect(requestStatus(at, folder, 50)).rejects.toThrow(/does not answer: nothing came/)
    dumb.close()
  })

  it('is not kept from stopping by clients that say nothing or never close', async () => {
    const clients = Array.from({ length: 5 }, rawClient)
    clients[0]?.socket.write('{"type":"chat","version":1}\n')
    await Promise.all(clients.map(({ socket }) => new Promise((r) => socket.once('connect', r))))
    await server.stop('enough')
    await Promise.all(clients.map(({ said }) => said))
  })
})

describe('a chat over the socket', () => {
  it('hands lines over under their own ids and says what became of each', async () => {
    const events: InboundEvent[] = []
    handOver = async (event) => {
      events.push(event)
      return events.length === 1 ? { outcome: 'accepted' } : { outcome: 'rejected', reason: 'no' }
    }
    const chat = await attach()
    expect(await chat.submit('one', { messageId: 'm-1' })).toEqual({ outcome: 'accepted' })
    expect(await chat.submit('two')).toEqual({ outcome: 'rejected', reason: 'no' })
    expect(events).toMatchObject([{ text: 'one', platformMessageId: 'm-1' }, { text: 'two' }])
    handOver = () => Promise.reject(new Error('the disk is full'))
    await expect(chat.submit('three')).rejects.toThrow('the disk is full')
    chat.close()
    await chat.ended
  })

  it('refuses a line that is too long before it is sent', async () => {
    const chat = await attach()
    expect(await chat.submit('x'.repeat(maxFrameBytes))).toMatchObject({ outcome: 'rejected' })
    expect(await chat.submit('x'.repeat(1_000_000))).toEqual({ outcome: 'accepted' })
    chat.close()
    await chat.ended
  })

  it('counts a message as delivered only when the other side has shown it', async () => {
    const screen = createDeferred<void>()
    const seen = createDeferred<TerminalMessage>()
    const chat = await attach((message) => {
      seen.resolve(message)
      return screen.promise
    })
    let delivered = false
    const delivery = deliver('hello', 'key-1').then(() => (delivered = true))
    expect(await seen.promise).toEqual({ key: 'key-1', author, text: 'hello' })
    // Whatever the daemon was going to say by itself it says before this.
    await requestStatus(path, folder)
    expect(delivered).toBe(false)
    screen.resolve()
    await delivery
    chat.close()
    await chat.ended
  })

  it('[L15] leaves it open whether a message was seen that was never confirmed', async () => {
    const seen = createDeferred<void>()
    const chat = await attach(() => {
      seen.resolve()
      return new Promise(() => {})
    })
    const delivery = deliver('hello', 'key-1')
    await seen.promise
    chat.close()
    await expect(delivery).rejects.toMatchObject({ name: 'UnknownOutcomeError' })
  })

  it('carries an answer of a megabyte of whatever characters', async () => {
    const seen = createDeferred<string>()
    const chat = await attach(async ({ text }) => seen.resolve(text))
    const text = '\u0001é"\n'.repeat(200_000)
    await deliver(text, 'key-1')
    expect(await seen.promise).toBe(text)
    chat.close()
    await chat.ended
  })

  it('waits for quiet, and is told why when the daemon stops instead', async () => {
    const chat = await attach()
    const waiting = chat.whenQuiet()
    quiet.resolve({ unanswered: 3 })
    expect(await waiting).toEqual({ unanswered: 3 })
    const second = await attach()
    quiet = createDeferred()
    const never = second.whenQuiet()
    const ended = expect(never).rejects.toThrow('it was stopped')
    await server.stop('it was stopped')
    expect(await second.ended).toBe('it was stopped')
    await ended
  })
})
