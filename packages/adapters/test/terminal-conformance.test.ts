import { PassThrough } from 'node:stream'
import { describe, it } from 'vitest'
import { RetryableDeliveryError, UnknownOutcomeError } from '../src/index.ts'
import {
  createInteractiveConsole,
  createPipedConsole,
  createTerminalAdapter,
  type TerminalConsole,
  type TerminalMessage,
} from '../src/terminal.ts'
import { channelConformance, type ConformanceHarness, type PlatformFault } from '../src/testing.ts'
import { FakeScreen } from './support/fake-screen.ts'

/** A terminal keeps nothing, cannot be asked to wait, and shows texts in its one chat, never gone. */
const without = [
  'redelivery',
  'reordering',
  'echo',
  'rate-limit',
  'rate-limit-bare',
  'server-error',
  'gone',
  'revoked',
  'edit-events',
  'delete-events',
  'reaction-events',
  'membership-events',
  'attachments',
  'replies',
  'mentions',
  'bots',
  'elsewhere',
  'unreadable',
  'broken-updates',
  'clock',
] as const

/** The hub with one console, whose next answer can be made to fail. */
function terminalHarness(inner: TerminalConsole): ConformanceHarness {
  let adapter = createTerminalAdapter()
  const confirmed: string[] = []
  const typed: string[] = []
  const written = new Map<string, string>()
  const shown: TerminalMessage[] = []
  let ids = 0
  let fault: PlatformFault | undefined
  const console: TerminalConsole = {
    typing: (author) => {
      if (author !== undefined) typed.push(author.name)
      inner.typing?.(author)
    },
    show: async (message) => {
      const now = fault
      fault = undefined
      if (now === 'hang') return await new Promise<never>(() => undefined)
      // A console that fails is detached; its person opens another.
      if (now !== undefined) setImmediate(() => void (seat = adapter.attach(console)))
      if (now === 'refuse') throw new RetryableDeliveryError('closed')
      if (now === 'cut') throw new UnknownOutcomeError('cut')
      await inner.show(message)
      shown.push(message)
      if (now === 'lose-answer') throw new UnknownOutcomeError('cut')
    },
  }
  let seat = adapter.attach(console)
  const submit = (text: string, messageId: string): void => {
    seat.submit(text, { messageId }).then(
      () => void confirmed.push(messageId),
      () => undefined,
    )
  }
  return {
    adapter,
    origin: { chatId: 'terminal', threadId: null },
    platform: {
      sendMessage: async ({ text }) => {
        const messageId = `line-${(ids += 1)}`
        written.set(messageId, text)
        submit(text, messageId)
        return messageId
      },
      received: () =>
        shown.map(({ key, text }) => ({
          chatId: 'terminal',
          threadId: null,
          text,
          platformMessageId: key,
        })),
      confirmed: () => confirmed,
      repeat: async (id) => submit(written.get(id) ?? '', id),
      restart: () => {
        adapter = createTerminalAdapter()
        seat = adapter.attach(console)
        return adapter
      },
      typings: () => typed.length,
      fail: (wanted) => void (fault = wanted),
      setReachable: (reachable) => {
        if (reachable) seat = adapter.attach(console)
        else seat.detach()
      },
    },
  }
}

const consoles = {
  piped: () =>
    createPipedConsole({
      input: new PassThrough(),
      output: new PassThrough().resume(),
      errors: new PassThrough().resume(),
    }),
  interactive: () => {
    const made = createInteractiveConsole({ input: new PassThrough(), output: new FakeScreen() })
    const accept = async () => ({ outcome: 'accepted' }) as const
    return made.start({ submit: accept }).then(() => made)
  },
}

for (const [kind, make] of Object.entries(consoles)) {
  describe(`terminal adapter with a console that is ${kind}`, () => {
    const tests = channelConformance(async () => terminalHarness(await make()), {
      without,
      slowMs: 50,
    })
    for (const test of tests) it(test.name, test.run)
  })
}
