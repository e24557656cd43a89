import type { TerminalConsole } from '@nanoclaw/adapters/terminal'
import type { HandOverResult } from '@nanoclaw/adapters'
import type { Quiet } from '@nanoclaw/host'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import { CommandFailure, exitCodes } from '../failure.ts'
import { createDeferred, type Deferred } from '../deferred.ts'
import { daemonSaid, dial } from './dial.ts'
import { encodeFrame, maxFrameBytes } from './frames.ts'
import { protocolVersion, type ServerFrame } from './protocol.ts'

/** A conversation with a running daemon. */
export interface RemoteChat {
  readonly agent: string
  readonly chat: string
  /** From now on the console shows what the agent says. To be called once, when it is ready. */
  begin(console: TerminalConsole): void
  /** Resolves when the line is safe, or refused for good; rejects when it was not taken. */
  submit(text: string, options?: { readonly messageId?: string }): Promise<HandOverResult>
  /** Resolves when everything that was said in this chat has been answered, or never will be. */
  whenQuiet(): Promise<Quiet>
  /** Resolves with the reason when the daemon ends it, undefined when we did. */
  readonly ended: Promise<string | undefined>
  close(): void
}

/**
 * Opens a conversation with a running daemon. A message counts as delivered when the console's
 * `show` has resolved.
 * @param room a chat of the terminal, as a person names it; default: its first.
 * @throws CommandFailure `not-running`; what the daemon refuses it with.
 */
export async function openChat(
  socketPath: string,
  home: string,
  room?: string,
): Promise<RemoteChat> {
  const { socket, frames, first } = await dial(socketPath, home)
  const send = (frame: object): void => {
    if (socket.writable) socket.write(encodeFrame(frame))
  }
  send({ type: 'chat', version: protocolVersion, chat: room })
  const attached = await first()
  if (attached.type === 'refusal') {
    socket.destroy()
    throw new CommandFailure(exitCodes.failed, attached.code, attached.message)
  }
  if (attached.type !== 'attached') throw daemonSaid(attached.type)
  const { agent, chat } = attached
  const waiting = createWaiting()
  let closing = false
  const over = createDeferred<string | undefined>()
  const run = async (console: TerminalConsole): Promise<string | undefined> => {
    for await (const frame of frames) {
      if (frame.type === 'bye') return frame.reason
      if (frame.type === 'message') {
        const { id, key, author, text } = frame
        await console.show({ key, author, text })
        send({ type: 'shown', id })
      } else if (frame.type === 'typing') console.typing?.(frame.author ?? undefined)
      else waiting.settle(frame)
    }
    return closing ? undefined : 'it has gone away'
  }
  return {
    agent,
    chat,
    ended: over.promise,
    begin(console) {
      const work = run(console).catch((error: unknown) => errorMessage(error))
      void work.then((reason) => {
        socket.destroy()
        waiting.end(reason ?? 'it is over')
        over.resolve(closing ? undefined : reason)
      })
    },
    submit: (text, options) => {
      const messageId = options?.messageId ?? crypto.randomUUID()
      return waiting.line((id) => send({ type: 'line', id, messageId, text }), text)
    },
    whenQuiet: () => waiting.quiet(() => send({ type: 'wait' })),
    close() {
      closing = true
      socket.end()
    },
  }
}

function createWaiting() {
  const lines = new Map<number, Deferred<HandOverResult>>()
  let quiets: Deferred<Quiet>[] = []
  let count = 0
  let over: string | undefined
  return {
    async line(send: (id: number) => void, text: string): Promise<HandOverResult> {
      if (over !== undefined) throw daemonSaid(over)
      // The rest of the frame takes less than these 512 bytes.
      if (Buffer.byteLength(JSON.stringify(text)) > maxFrameBytes - 512) {
        return { outcome: 'rejected', reason: 'the line is longer than one MiB' }
      }
      const answer = createDeferred<HandOverResult>()
      count += 1
      lines.set(count, answer)
      send(count)
      return await answer.promise
    },
    async quiet(send: () => void): Promise<Quiet> {
      if (over !== undefined) throw daemonSaid(over)
      const answer = createDeferred<Quiet>()
      quiets.push(answer)
      send()
      return await answer.promise
    },
    settle(frame: ServerFrame): void {
      if (frame.type === 'quiet') {
        for (const one of quiets) one.resolve({ unanswered: frame.unanswered })
        quiets = []
      }
      if (frame.type !== 'taken' && frame.type !== 'refused' && frame.type !== 'failed') return
      const line = lines.get(frame.id)
      lines.delete(frame.id)
      if (frame.type === 'taken') line?.resolve({ outcome: frame.outcome })
      else if (frame.type === 'refused')
        line?.resolve({ outcome: 'rejected', reason: frame.reason })
      else line?.reject(new NanoclawError('io', frame.reason))
    },
    end(reason: string): void {
      over = reason
      for (const one of lines.values()) one.reject(daemonSaid(reason))
      for (const one of quiets) one.reject(daemonSaid(reason))
    },
  }
}
