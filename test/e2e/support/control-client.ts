import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from './daemon.ts'

interface Frame {
  readonly type: string
  readonly id?: number
  readonly text?: string
}

/** A client of the daemon's socket that remembers what it was told. */
export interface ControlClient {
  /** Texts of lines that the daemon has confirmed as safe. */
  readonly taken: string[]
  /** Texts of answers, in order. */
  readonly shown: string[]
  say(text: string): void
  /** Resolves when the daemon has closed the connection. */
  readonly closed: Promise<void>
  close(): void
}

function open(home: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(join(home, 'run', 'daemon.sock'))
    socket.once('connect', () => resolve(socket))
    socket.on('error', () => resolve(undefined))
  })
}

/** Attaches as `nanoclaw chat` does, as soon as the daemon listens. */
export async function attachClient(home: string): Promise<ControlClient> {
  const socket = await eventually('the daemon listens', () => open(home))
  const said = new Map<number, string>()
  const taken: string[] = []
  const shown: string[] = []
  let count = 0
  const send = (frame: object): void => void socket.write(`${JSON.stringify(frame)}\n`)
  const lines = createInterface({ input: socket })
  // A daemon that is killed resets the connection.
  lines.on('error', () => undefined)
  lines.on('line', (line) => {
    const frame: Frame = JSON.parse(line)
    if (frame.type === 'taken') taken.push(said.get(frame.id ?? 0) ?? '')
    if (frame.type === 'message') {
      shown.push(frame.text ?? '')
      send({ type: 'shown', id: frame.id })
    }
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  send({ type: 'chat', version: 1 })
  return {
    taken,
    shown,
    say(text) {
      count += 1
      said.set(count, text)
      send({ type: 'line', id: count, messageId: `${process.pid}-${text}`, text })
    },
    closed,
    close: () => void socket.destroy(),
  }
}
