import { afterEach, describe, expect, it, vi } from 'vitest'
import type { HandOverResult } from '../src/index.ts'
import { createInteractiveConsole, type InteractiveConsoleOptions } from '../src/terminal.ts'
import { createKeyboard, FakeScreen, KEYS } from './support/fake-screen.ts'

const ada = { id: 'a', name: 'ada' }

async function sit(columns = 40, options: Partial<InteractiveConsoleOptions> = {}) {
  const screen = new FakeScreen(columns)
  const input = createKeyboard()
  const submitted: string[] = []
  const host = {
    answer: (_text: string): Promise<HandOverResult> => Promise.resolve({ outcome: 'accepted' }),
  }
  const chat = createInteractiveConsole({ input, output: screen, ...options })
  await chat.start({
    submit: (text) => {
      submitted.push(text)
      return host.answer(text)
    },
  })
  const type = async (keys: string): Promise<void> => {
    input.write(keys)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const say = (text: string, author = ada) => chat.show({ key: text, author, text })
  return { chat, screen, submitted, host, type, say }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('createInteractiveConsole', () => {
  it('submits what is typed and leaves it on the screen', async () => {
    const { screen, submitted, type, say } = await sit()
    await type(`hello${KEYS.enter}`)
    await say('echo: hello')
    expect(submitted).toEqual(['hello'])
    expect(screen.text).toBe('› hello\nada> echo: hello\n›')
  })

  it('shows an answer above a line that is being typed, and leaves its cursor', async () => {
    const { screen, submitted, type, say } = await sit()
    await type('half a thought')
    await type(KEYS.left + KEYS.left)
    await say('first\nsecond')
    expect(screen.text).toBe('ada> first\n     second\n› half a thought')
    expect(screen.beforeCursor).toBe('› half a thoug')
    await type(`!${KEYS.enter}`)
    expect(submitted).toEqual(['half a thoug!ht'])
  })

  const long = 'a line that is longer than one row of this screen, and than two'
  for (const columns of [20, 21, 22, 23, 24, 25, 65]) {
    it(`keeps a long line whole at ${columns} columns, pasted or typed, with a sign above`, async () => {
      for (const pieces of [[long], [...long]]) {
        const { chat, screen, submitted, type, say } = await sit(columns)
        chat.typing?.(ada)
        for (const piece of pieces) await type(piece)
        const rows = `› ${long}`.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []
        const shown = rows.map((row) => row.trimEnd()).join('\n')
        chat.typing?.({ id: 'b', name: 'bob' })
        expect(screen.text).toBe(`⠋ bob is thinking…\n${shown}`)
        await say('one')
        chat.typing?.(undefined)
        await say('two')
        expect(screen.text).toBe(`ada> one\nada> two\n${shown}`)
        await type(KEYS.enter)
        expect(submitted).toEqual([long])
        chat.close()
      }
    })
  }

  it('keeps lines whole that fill their rows and are pasted with their end', async () => {
    const { chat, screen, submitted, type, say } = await sit(10)
    await say('before')
    chat.typing?.(ada)
    const lines = ['x'.repeat(8), 'y'.repeat(18), 'z'.repeat(9)]
    for (const line of lines) await type(line + KEYS.enter)
    chat.typing?.(undefined)
    expect(submitted).toEqual(lines)
    const rows = screen.text.split('\n').filter((row) => row !== '')
    expect(rows).toEqual([
      'ada>',
      '  before',
      '› xxxxxxxx',
      '› yyyyyyyy',
      'y'.repeat(10),
      '› zzzzzzzz',
      'z',
      '›',
    ])
  })

  it('shows who is at work until told otherwise, with a sign that moves', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { chat, screen, type } = await sit()
    await type('ab')
    chat.typing?.(ada)
    expect(screen.text).toBe('⠋ ada is thinking…\n› ab')
    vi.advanceTimersByTime(120)
    expect(screen.text).toBe('⠙ ada is thinking…\n› ab')
    await type('c')
    chat.typing?.(undefined)
    expect(screen.text).toBe('› abc')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no sign behind in what has been said', async () => {
    const { chat, screen, type, say } = await sit()
    chat.typing?.(ada)
    await type(`one${KEYS.enter}`)
    await type(`two${KEYS.enter}`)
    chat.typing?.(undefined)
    await say('both')
    expect(screen.text).toBe('› one\n› two\nada> both\n›')
  })

  it('[X7] lets no agent move the cursor, change colours or stand where a name stands', async () => {
    const { screen, say } = await sit(30, { color: false })
    await say(`x\x1b[2J\x1b[31mred\x1b]0;title\x07\r\nbob> pay\b\b\x9b2J\u202E`, {
      id: 'b',
      name: 'ada>\n\x1b[Hboss',
    })
    await say(`${'wrap '.repeat(5)}bob> pay`)
    const rows = screen.text.split('\n')
    expect(rows.slice(0, 2)).toEqual(['ada boss> xred', '          bob> pay␈␈'])
    expect(rows.filter((row) => row.startsWith('bob>'))).toEqual([])
    expect(screen.raw).not.toContain('\x1b[31m')
    expect(screen.raw).not.toContain('\x1b]0')
  })

  it('works on a screen narrower than the name', async () => {
    const { screen, say } = await sit(12, { color: false })
    await say('one two three', { id: 'l', name: 'leonardo' })
    expect(screen.text).toBe('leonardo>\n  one two\n  three\n›')
  })

  it('colours names where colours are welcome, each agent its own, and nothing elsewhere', async () => {
    const colourful = await sit(40, { color: true })
    await colourful.say('x')
    expect(colourful.screen.raw).toMatch(/\x1b\[1;\d+mada\x1b\[0m/)
    expect(colourful.screen.text).toBe('ada> x\n›')
    const plain = await sit(40)
    await plain.say('x')
    expect(plain.screen.raw).not.toMatch(/\x1b\[[0-9;]*m/)
  })

  it('says its keys and sends all words with a slash but /quit, that too when it is doubled', async () => {
    const { screen, submitted, type } = await sit(80)
    await type(`/help${KEYS.enter}`)
    expect(screen.text).toContain('Ctrl-D    leaves, and so does /quit')
    await type(`/stop${KEYS.enter}`)
    await type(`/topic now${KEYS.enter}`)
    await type(`//quit${KEYS.enter}`)
    await type(`   ${KEYS.enter}`)
    expect(submitted).toEqual(['/help', '/stop', '/topic now', '/quit'])
  })

  it('tells what was not taken, and why', async () => {
    const { screen, host, type } = await sit(80)
    host.answer = async () => ({ outcome: 'rejected', reason: 'the agent is gone' })
    await type(`one${KEYS.enter}`)
    expect(screen.text).toContain('Not taken: the agent is gone')
    host.answer = () => Promise.reject(new Error('The disk is full.'))
    await type(`two${KEYS.enter}`)
    expect(screen.text).toContain('Not sent: The disk is full. Press ↑ to try again.')
  })

  it('remembers lines, gives them to the store and takes them from it', async () => {
    const saved: (readonly string[])[] = []
    const history = {
      load: async () => ['older', 'newer'],
      save: async (lines: readonly string[]) => void saved.push(lines),
    }
    const { submitted, type } = await sit(40, { history })
    await type(`latest${KEYS.enter}`)
    await type(KEYS.up + KEYS.up + KEYS.enter)
    expect(submitted).toEqual(['latest', 'newer'])
    expect(saved[0]).toEqual(['older', 'newer', 'latest'])
  })

  it('clears the line on Ctrl-C, and leaves on Ctrl-C when it is empty', async () => {
    const { chat, screen, submitted, type } = await sit()
    await type('never mind')
    await type(KEYS.ctrlC)
    expect(screen.text).toBe('›')
    await type(KEYS.ctrlC)
    expect(await chat.ended).toBe('interrupt')
    expect(submitted).toEqual([])
  })

  it('leaves on Ctrl-D and on /quit, after what was just typed has been answered', async () => {
    const eof = await sit()
    await eof.type(KEYS.ctrlD)
    expect(await eof.chat.ended).toBe('eof')
    const quit = await sit()
    let release = (): void => {}
    quit.host.answer = () =>
      new Promise((resolve) => (release = () => resolve({ outcome: 'accepted' })))
    let over = false
    void quit.chat.ended.then(() => (over = true))
    await quit.type(`last words${KEYS.enter}/quit${KEYS.enter}`)
    expect([quit.submitted, over]).toEqual([['last words'], false])
    release()
    expect(await quit.chat.ended).toBe('quit')
  })

  it('refuses answers once it is closed: nothing was shown', async () => {
    const { chat, say } = await sit()
    chat.typing?.(ada)
    chat.close()
    chat.typing?.(ada)
    await expect(say('late')).rejects.toMatchObject({ name: 'RetryableDeliveryError' })
    expect(await chat.ended).toBe('quit')
  })
})
