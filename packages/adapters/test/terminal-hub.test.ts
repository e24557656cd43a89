import { afterEach, describe, expect, it, vi } from 'vitest'
import { RetryableDeliveryError, UnknownOutcomeError, type Author } from '../src/index.ts'
import {
  createTerminalAdapter,
  type TerminalConsole,
  type TerminalMessage,
} from '../src/terminal.ts'
import { createRecorder } from '../src/testing/recorder.ts'

const origin = { chatId: 'terminal', threadId: null }
const ada = { id: 'a', name: 'ada' }
const bob = { id: 'b', name: 'bob' }

interface FakeConsole extends TerminalConsole {
  readonly shown: TerminalMessage[]
  readonly signs: (string | undefined)[]
}

function fakeConsole(show?: TerminalConsole['show']): FakeConsole {
  const shown: TerminalMessage[] = []
  const signs: (string | undefined)[] = []
  return {
    shown,
    signs,
    typing: (author) => void signs.push(author?.name),
    show: async (message) => {
      await show?.(message)
      shown.push(message)
    },
  }
}

async function started(options: Parameters<typeof createTerminalAdapter>[0] = {}) {
  const hub = createTerminalAdapter(options)
  const host = createRecorder()
  await hub.start(host.ctx)
  const say = (text: string, key = text, author: Author = ada, signal?: AbortSignal) =>
    hub.deliver(
      origin,
      { type: 'text', text },
      {
        key,
        author,
        signal: signal ?? new AbortController().signal,
      },
    )
  return { hub, host, say }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('createTerminalAdapter', () => {
  it('shows an answer on every console, and says which agent it is from', async () => {
    const { hub, say } = await started()
    const [one, two] = [fakeConsole(), fakeConsole()]
    hub.attach(one)
    hub.attach(two)
    expect(await say('hi', 'k')).toEqual({ status: 'sent', platformMessageId: 'k' })
    expect(one.shown).toEqual([{ key: 'k', author: ada, text: 'hi' }])
    expect(two.shown).toEqual(one.shown)
  })

  it('is down while nobody is attached, keeps nothing for later, and tells of each change', async () => {
    const { hub, host, say } = await started()
    expect(hub.health()).toMatchObject({ state: 'down', why: expect.stringContaining('attached') })
    await expect(say('x')).rejects.toThrow(RetryableDeliveryError)
    const seat = hub.attach(fakeConsole())
    const other = hub.attach(fakeConsole())
    expect([hub.health().state, host.healthChanges]).toEqual(['connected', 1])
    seat.detach()
    seat.detach()
    expect([hub.health().state, host.healthChanges]).toEqual(['connected', 1])
    other.detach()
    expect([hub.health().state, host.healthChanges]).toEqual(['down', 2])
  })

  it('hands over what people write as direct messages, each with an id of its own', async () => {
    const { hub, host } = await started({ instance: 'tty', chatId: 'den' })
    const person = { id: 'uid-1000', name: 'Ann' }
    const first = hub.attach(fakeConsole(), person)
    await first.submit('one')
    await first.submit('two')
    first.detach()
    await hub.attach(fakeConsole()).submit('three')
    expect(host.events[0]).toMatchObject({
      type: 'message',
      instance: 'tty',
      chatId: 'den',
      chatKind: 'direct',
      addressed: 'direct',
      text: 'one',
      sender: { ...person, isBot: false, isSelf: false },
    })
    expect(new Set(host.events.map((event) => event.platformMessageId)).size).toBe(3)
    await expect(first.submit('four')).rejects.toThrow(/detached/)
  })

  it('[L4] keeps the id of a text that is submitted again', async () => {
    const { hub, host } = await started()
    const seat = hub.attach(fakeConsole())
    host.answer = () => Promise.reject(new Error('busy'))
    await expect(seat.submit('x', { messageId: 'mine' })).rejects.toThrow('busy')
    host.answer = async () => ({ outcome: 'accepted' })
    await seat.submit('x', { messageId: 'mine' })
    expect(host.events.map((event) => event.platformMessageId)).toEqual(['mine', 'mine'])
  })

  it('is sent when one console showed it, and detaches the one that failed', async () => {
    const { hub, say } = await started()
    const broken = fakeConsole(() => Promise.reject(new Error('EPIPE')))
    const good = fakeConsole()
    hub.attach(broken)
    hub.attach(good)
    expect(await say('x')).toMatchObject({ status: 'sent' })
    await say('y')
    expect(good.shown.map(({ text }) => text)).toEqual(['x', 'y'])
    expect(broken.shown).toEqual([])
  })

  it('does not wait for a console whose reader has paused it when another has shown it', async () => {
    const { hub, say } = await started()
    hub.attach(fakeConsole(() => new Promise(() => undefined)))
    hub.attach(fakeConsole())
    expect(await say('x')).toMatchObject({ status: 'sent' })
  })

  it('[L15] does not know what became of it when writing broke, and does know when it never began', async () => {
    const { hub, say } = await started()
    hub.attach(fakeConsole(() => Promise.reject(new Error('EPIPE after some bytes'))))
    await expect(say('x')).rejects.toThrow(UnknownOutcomeError)
    hub.attach(fakeConsole(() => Promise.reject(new RetryableDeliveryError('closed'))))
    await expect(say('x')).rejects.toThrow(RetryableDeliveryError)
    expect(hub.health().state).toBe('down')
  })

  it('[L15] joins a text that still waits in a slow console instead of printing it twice', async () => {
    const { hub, say } = await started()
    let release = (): void => {}
    const slow = fakeConsole(() => new Promise((resolve) => (release = resolve)))
    hub.attach(slow)
    const controller = new AbortController()
    const first = say('x', 'k', ada, controller.signal)
    controller.abort()
    await expect(first).rejects.toThrow(UnknownOutcomeError)
    expect(await hub.reconcile?.('k')).toEqual({ outcome: 'unknown' })
    const second = say('x', 'k')
    release()
    expect(await second).toMatchObject({ status: 'sent' })
    expect(await say('x', 'k')).toMatchObject({ status: 'sent' })
    expect(slow.shown).toHaveLength(1)
    expect(await hub.reconcile?.('k')).toEqual({ outcome: 'sent' })
  })

  it('stops although a console hangs', async () => {
    const { hub, say } = await started({ stopMs: 1 })
    hub.attach(fakeConsole(() => new Promise(() => undefined)))
    const hung = expect(say('x')).rejects.toThrow(UnknownOutcomeError)
    await hub.stop()
    await hung
  })

  it('refuses for good what is not a text or not for its chat', async () => {
    const { hub } = await started()
    hub.attach(fakeConsole())
    const options = { key: 'k', author: ada, signal: new AbortController().signal }
    const elsewhere = { chatId: 'elsewhere', threadId: null }
    await expect(
      hub.deliver(elsewhere, { type: 'text', text: 'x' }, options),
    ).rejects.toMatchObject({ name: 'TerminalDeliveryError', reason: /elsewhere/ })
  })

  it('shows who is at work until they speak or a limit passes, to late comers, too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { hub, say } = await started({ typingMs: 500 })
    const console = fakeConsole()
    hub.attach(console)
    await hub.typing(origin, ada)
    await hub.typing(origin, ada)
    await hub.typing(origin, bob)
    const late = fakeConsole()
    hub.attach(late)
    expect(late.signs).toEqual(['bob'])
    await say('done', 'k', bob)
    vi.advanceTimersByTime(499)
    expect(console.signs).toEqual(['ada', 'bob', 'ada'])
    vi.advanceTimersByTime(1)
    expect(console.signs).toEqual(['ada', 'bob', 'ada', undefined])
    await hub.typing(origin)
    expect(console.signs.at(-1)).toBe('bob')
    await hub.stop()
    expect(console.signs.at(-1)).toBeUndefined()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('delivers although a console cannot show signs', async () => {
    const { hub, say } = await started()
    const console = fakeConsole()
    console.typing = () => {
      throw new Error('no')
    }
    hub.attach(console)
    await hub.typing(origin)
    expect(await say('x')).toMatchObject({ status: 'sent' })
  })
})
