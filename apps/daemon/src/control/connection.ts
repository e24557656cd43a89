import type { Socket } from 'node:net'
import { RetryableDeliveryError, UnknownOutcomeError } from '@nanoclaw/adapters'
import type { TerminalConsole, TerminalMessage } from '@nanoclaw/adapters/terminal'
import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import { answerRequest, isRequest } from './answer-request.ts'
import { encodeFrame, readFrames } from './frames.ts'
import { clientFrame, parseFrame, type ClientFrame, type ServerFrame } from './protocol.ts'
import type { ControlRoom, ControlServerDeps } from './server-deps.ts'

/** One client. */
export interface Connection {
  /** Resolves when it is closed; never rejects. */
  readonly done: Promise<void>
  /** Says why, and closes. */
  end(reason: string): void
  destroy(): void
}

const defaultMs = 10_000

/** Serves one client, whatever it sends. */
export function serveConnection(socket: Socket, deps: ControlServerDeps): Connection {
  const closed = new AbortController()
  socket.on('error', (error) => deps.logger.debug({ error }, 'a control connection failed'))
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      closed.abort()
      resolve()
    })
  })
  const send = (frame: ServerFrame): void => {
    if (socket.writable) socket.write(encodeFrame(frame))
  }
  const { firstFrameMs = defaultMs, partingMs = defaultMs } = deps
  let patience: NodeJS.Timeout | undefined
  // A client that never closes its side would stay for ever, and keep its place from others.
  const part = (): void => {
    socket.end()
    patience ??= setTimeout(() => socket.destroy(), partingMs)
  }
  const end = (reason: string): void => {
    send({ type: 'bye', reason })
    part()
  }
  const late = `expected a request within ${firstFrameMs / 1000} seconds`
  const hurry = setTimeout(() => end(late), firstFrameMs)
  const run = async (): Promise<void> => {
    const frames = readClientFrames(socket)
    const first = await frames.next()
    clearTimeout(hurry)
    if (first.done) return
    if (isRequest(first.value)) send(await answerRequest(first.value, deps))
    else if (first.value.type === 'chat') {
      const room = await enter(first.value.chat, deps)
      if ('type' in room) send(room)
      else await serveChat({ frames, send, socket, room, deps, signal: closed.signal })
    } else end('expected a request first, such as status or chat')
  }
  const served = run().catch((error: unknown) => {
    deps.logger.debug({ error }, 'a control connection was ended')
    end(isNanoclawError(error) ? error.message : 'this request failed; the log has the reason')
  })
  const done = served.then(async () => {
    clearTimeout(hurry)
    part()
    await gone
    clearTimeout(patience)
  })
  return { done, end, destroy: () => void socket.destroy() }
}

async function* readClientFrames(socket: Socket): AsyncGenerator<ClientFrame, void, undefined> {
  // Left open when the reading ends, so that a last word can be said.
  for await (const line of readFrames(socket.iterator({ destroyOnReturn: false }))) {
    if (line.trim() !== '') yield parseFrame(clientFrame, line)
  }
}

/** Where a client talks, or why it cannot. */
async function enter(
  chat: string | undefined,
  deps: ControlServerDeps,
): Promise<ControlRoom | Extract<ServerFrame, { type: 'refusal' }>> {
  if (chat === undefined) return deps
  try {
    if (deps.enter !== undefined) return await deps.enter(chat)
    return { type: 'refusal', code: 'not-found', message: 'there is one chat here' }
  } catch (error) {
    if (!isNanoclawError(error)) throw error
    return { type: 'refusal', code: error.code, message: error.message }
  }
}

interface Chat {
  readonly frames: AsyncGenerator<ClientFrame, void, undefined>
  readonly send: (frame: ServerFrame) => void
  readonly socket: Socket
  readonly room: ControlRoom
  readonly deps: ControlServerDeps
  readonly signal: AbortSignal
}

async function serveChat({ frames, send, socket, room, deps, signal }: Chat): Promise<void> {
  const console = createRemoteConsole(socket, send, signal)
  // The first word, before the console can say any.
  send({ type: 'attached', ...room.names })
  const seat = room.terminal.attach(console)
  try {
    let waiting = false
    for await (const frame of frames) {
      if (frame.type === 'shown') console.shown(frame.id)
      else if (frame.type === 'line') {
        // Awaited: a client that writes faster than rows can be stored has to wait.
        send(
          await takeLine(() => seat.submit(frame.text, { messageId: frame.messageId }), frame.id),
        )
      } else if (frame.type === 'wait' && !waiting) {
        waiting = true
        void room
          .whenQuiet(signal)
          .then(({ unanswered }) => send({ type: 'quiet', unanswered }))
          .catch((error: unknown) => deps.logger.debug({ error }, 'waiting for quiet ended'))
          .finally(() => (waiting = false))
      }
    }
  } finally {
    seat.detach()
    console.lost()
  }
}

type Submit = () => Promise<
  | { readonly outcome: 'accepted' | 'duplicate' }
  | { readonly outcome: 'rejected'; readonly reason: string }
>

async function takeLine(submit: Submit, id: number): Promise<ServerFrame> {
  try {
    const result = await submit()
    if (result.outcome === 'rejected') return { type: 'refused', id, reason: result.reason }
    return { type: 'taken', id, outcome: result.outcome }
  } catch (error) {
    return { type: 'failed', id, reason: errorMessage(error) }
  }
}

interface RemoteConsole extends TerminalConsole {
  shown(id: number): void
  /** The client is gone: what it has not confirmed may or may not have been seen. */
  lost(): void
}

function createRemoteConsole(
  socket: Socket,
  send: (frame: ServerFrame) => void,
  signal: AbortSignal,
): RemoteConsole {
  const waiting = new Map<number, { resolve(): void; reject(error: Error): void }>()
  let count = 0
  const lost = (): void => {
    const error = new UnknownOutcomeError(
      'The terminal went away before it said what it had shown.',
    )
    for (const one of waiting.values()) one.reject(error)
    waiting.clear()
  }
  signal.addEventListener('abort', lost, { once: true })
  return {
    show({ key, author, text }: TerminalMessage) {
      if (!socket.writable) throw new RetryableDeliveryError('The terminal has gone away.')
      count += 1
      const id = count
      const { id: authorId, name } = author
      send({ type: 'message', id, key, author: { id: authorId, name }, text })
      return new Promise<void>((resolve, reject) => waiting.set(id, { resolve, reject }))
    },
    typing(author) {
      // A courtesy: a client that does not read gets none.
      if (socket.writableNeedDrain) return
      const who = author === undefined ? null : { id: author.id, name: author.name }
      send({ type: 'typing', author: who })
    },
    shown(id) {
      waiting.get(id)?.resolve()
      waiting.delete(id)
    },
    lost,
  }
}
