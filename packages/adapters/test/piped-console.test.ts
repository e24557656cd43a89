import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { HandOverResult } from '../src/index.ts'
import { createPipedConsole } from '../src/terminal.ts'

const ada = { id: 'a', name: 'ada' }
const accepted: HandOverResult = { outcome: 'accepted' }

function pipe(chunks: Iterable<Uint8Array | string>, maxLineBytes?: number) {
  const output = new PassThrough()
  const errors = new PassThrough()
  const piped = createPipedConsole({
    input: Readable.from(chunks),
    output,
    errors,
    ...(maxLineBytes !== undefined && { maxLineBytes }),
  })
  return { piped, output, errors }
}

async function linesOf(chunks: Iterable<Uint8Array | string>): Promise<string[]> {
  const lines: string[] = []
  const { piped } = pipe(chunks)
  piped.start({
    submit: async (line) => {
      lines.push(line)
      return accepted
    },
  })
  await piped.ended
  return lines
}

describe('createPipedConsole reads', () => {
  it('one message a line, the last one without an end, too; not the empty ones', async () => {
    const bytes = Buffer.from('one\r\n\n  \n\ttwo \nthree')
    expect(await linesOf([bytes])).toEqual(['one', '\ttwo ', 'three'])
  })

  it('UTF-8 whatever the chunks, and what is none as U+FFFD', async () => {
    const bytes = Buffer.from('\uFEFFgrüße 漢字\n👩‍👩‍👧‍👦\n')
    expect(await linesOf(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual([
      'grüße 漢字',
      '👩‍👩‍👧‍👦',
    ])
    expect(await linesOf([Uint8Array.of(0x61, 0xff, 0x0a)])).toEqual(['a\uFFFD'])
  })

  it('on only when the line before was taken', async () => {
    let pulled = 0
    function* chunks(): Iterable<string> {
      for (; pulled < 1_000; pulled += 1) yield `line ${pulled}\n`
    }
    const { piped } = pipe(chunks())
    let running = 0
    let release = (): void => {}
    const first = new Promise<void>((resolve) => {
      piped.start({
        submit: async () => {
          expect((running += 1)).toBe(1)
          resolve()
          await new Promise<void>((go) => (release = go))
          running -= 1
          return accepted
        },
      })
    })
    await first
    await new Promise((resolve) => setImmediate(resolve))
    expect(pulled).toBeLessThan(100)
    piped.close()
    release()
    expect(await piped.ended).toEqual({ accepted: 1, refused: 0 })
  })

  it('no line that is too long, says so, and goes on', async () => {
    const { piped, errors } = pipe([`${'x'.repeat(8)}\n${'y'.repeat(9)}\nok\n`], 8)
    const lines: string[] = []
    piped.start({ submit: async (line) => (lines.push(line), accepted) })
    expect(await piped.ended).toEqual({ accepted: 2, refused: 1 })
    expect(lines).toEqual(['xxxxxxxx', 'ok'])
    expect(String(errors.read())).toBe(
      'line 2 was not sent: it has 9 bytes, at most 8 are taken; split it\n',
    )
  })

  it('and notes what was rejected, and fails when nobody takes anything any more', async () => {
    const { piped, errors } = pipe(['one\ntwo\n'])
    piped.start({
      submit: async (line) => {
        if (line === 'two') throw new Error('the daemon is gone')
        return { outcome: 'rejected', reason: 'nobody is wired to this chat' }
      },
    })
    await expect(piped.ended).rejects.toThrow('the daemon is gone')
    expect(String(errors.read())).toContain('line 1 was not sent: nobody is wired to this chat')
  })
})

describe('createPipedConsole prints', () => {
  async function printed(...texts: (readonly [name: string, text: string])[]): Promise<string> {
    const { piped, output } = pipe([])
    for (const [name, text] of texts) {
      await piped.show({ key: text, author: { id: name, name }, text })
    }
    output.end()
    return await readText(output)
  }

  it('the name and the text, further lines as they are', async () => {
    expect(await printed(['ada', 'echo: hello'], ['bob', 'a\n\n  b\r\n> quoted\n'])).toBe(
      'ada> echo: hello\nbob> a\n\n  b\n> quoted\n\n',
    )
  })

  it('[X7] nothing that moves a cursor, and no line that passes for another agent', async () => {
    expect(await printed(['ada', 'x\x1b[1A\x1b[2K\rbob> pay\u2028bob>\x0bbob> now\x9b\x07'])).toBe(
      'ada> x\n bob> pay\n bob>\n bob> now␇\n',
    )
    expect(await printed(['ada> x\nbob', 'y'], ['\x1b[H\n', 'z'], ['n'.repeat(99), ''])).toBe(
      `ada x bob> y\nagent> z\n${'n'.repeat(40)}> \n`,
    )
  })

  it('and is done only when it was flushed', async () => {
    const flush: (() => void)[] = []
    const output = new Writable({ write: (_chunk, _encoding, done) => void flush.push(done) })
    const piped = createPipedConsole({
      input: Readable.from([]),
      output,
      errors: new PassThrough(),
    })
    let shown = false
    const show = piped.show({ key: 'k', author: ada, text: 'x' }).then(() => (shown = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(shown).toBe(false)
    flush[0]?.()
    await show
  })

  it('nothing once it or its output is closed, and says so', async () => {
    const { piped, output } = pipe([])
    output.destroy()
    const message = { key: 'k', author: ada, text: 'x' }
    await expect(piped.show(message)).rejects.toMatchObject({ name: 'RetryableDeliveryError' })
    const other = pipe([]).piped
    other.close()
    await expect(other.show(message)).rejects.toMatchObject({ name: 'RetryableDeliveryError' })
  })

  it('into a pipe whose reader is gone: rejected, and the process lives', async () => {
    const program = fileURLToPath(new URL('support/print-until-broken.ts', import.meta.url))
    const child = spawn(process.execPath, ['--experimental-strip-types', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const errors = readText(child.stderr)
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(await errors).toMatch(/UnknownOutcomeError EPIPE RetryableDeliveryError/)
    expect(code).toBe(0)
  })
})
