import { connect, type Socket } from 'node:net'
import { NanoclawError } from '@nanoclaw/schema'
import { CommandFailure, exitCodes, explainSystemError } from '../failure.ts'
import { maxAnswerBytes, readFrames } from './frames.ts'
import { parseFrame, serverFrame, type ServerFrame } from './protocol.ts'

/** How long a daemon may take to say its first word, in milliseconds. */
export const patienceMs = 5_000

/** A connection to a running daemon. */
export interface Line {
  readonly socket: Socket
  readonly frames: AsyncGenerator<ServerFrame, void, undefined>
  /**
   * The daemon's first word. Rejects, with the connection closed, when there is none, when it
   * refuses, or when nothing has come within the time.
   */
  first(): Promise<ServerFrame>
}

/**
 * Connects to the daemon of a home.
 * @throws CommandFailure `not-running`; NanoclawError `io` when the socket may not be used.
 */
export async function dial(path: string, home: string, waitMs = patienceMs): Promise<Line> {
  const socket = await open(path, home)
  const frames = serverFrames(socket)
  return {
    socket,
    frames,
    async first() {
      const silent = new NanoclawError(
        'io',
        `the daemon on ${home} does not answer: nothing came within ${waitMs / 1000} seconds; look at its log, or end its process and start it again`,
      )
      const timer = setTimeout(() => socket.destroy(silent), waitMs)
      try {
        const { value } = await frames.next()
        if (value === undefined) throw daemonSaid('nothing')
        if (value.type === 'bye') throw daemonSaid(value.reason)
        return value
      } catch (error) {
        socket.destroy()
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

async function* serverFrames(socket: Socket): AsyncGenerator<ServerFrame, void, undefined> {
  const lines = readFrames(socket.iterator({ destroyOnReturn: false }), maxAnswerBytes)
  for await (const line of lines) yield parseFrame(serverFrame, line)
}

function open(path: string, home: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.off('error', fail)
      // The reading side tells of it.
      socket.on('error', () => undefined)
      resolve(socket)
    })
    const fail = (error: Error): void => reject(explain(error, path, home))
    socket.once('error', fail)
  })
}

function explain(error: Error, path: string, home: string): unknown {
  const code: unknown = Reflect.get(error, 'code')
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') {
    return new CommandFailure(
      exitCodes.notRunning,
      'not-running',
      `no daemon runs on ${home}; start one with npm start, or name another home with --home`,
    )
  }
  return explainSystemError(Object.assign(error, { path }))
}

/** An error of the conversation, in the daemon's words. */
export function daemonSaid(what: string): NanoclawError {
  return new NanoclawError('closed', `the daemon ended the conversation: ${what}`)
}
