import { join } from 'node:path'
import type { ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { createLayout, isNanoclawError } from '@nanoclaw/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mostStallMs } from '../../../../test/support/loop-meter.ts'
import { createReaderProcess, type ReaderProcessOptions } from '../../src/reader/reader-process.ts'
import { calmestOf, silentLogger } from './workbench.ts'

function request(sessionId: string, values: Partial<ReadRequest> = {}): ReadRequest {
  const none = { after: 0, largestSeq: 0, limit: 1, ackIds: [] }
  return { agentGroupId: 'ag-00000001', sessionId, ...none, ...values }
}

function createReader(options: Partial<ReaderProcessOptions> = {}) {
  const reader = createReaderProcess({
    layout: createLayout('/nowhere'),
    logger: silentLogger,
    entry: join(import.meta.dirname, 'fake-reader.mjs'),
    ...options,
  })
  onTestFinished(() => reader.stop())
  return reader
}

const reasonOf = (outcome: ReadOutcome): string =>
  outcome.outcome === 'violation' ? outcome.reason : outcome.outcome

/** The process that has read, as the fake reader tells. */
const processOf = (outcome: ReadOutcome): string =>
  outcome.outcome === 'rows' ? String(outcome.acks[0]?.messageId) : reasonOf(outcome)

const gone = (pid: string) => expect.poll(() => alive(pid), { interval: 5 }).toBe(false)

function alive(pid: string): boolean {
  try {
    process.kill(Number(pid), 0)
    return true
  } catch {
    return false
  }
}

describe('supervision of the reader process', () => {
  test("one process serves a session's requests, in the order they were made", async () => {
    const reader = createReader()
    const order: number[] = []
    const reads = Array.from({ length: 50 }, async (_, index) => {
      const outcome = await reader.read(request('pid'))
      order.push(index)
      return processOf(outcome)
    })
    expect(new Set(await Promise.all(reads)).size).toBe(1)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  test('[X4] a read that spins is killed at its deadline, and others are served meanwhile', async () => {
    const reader = createReader({ deadlineMs: 1_500 })
    const before = processOf(await reader.read(request('pid')))
    const ends: string[] = []
    const ended = (name: string) => (outcome: ReadOutcome) => {
      ends.push(name)
      return outcome
    }
    const [spun, next] = await Promise.all([
      reader.read(request('spin')).then(ended('spin')),
      reader.read(request('pid')).then(ended('pid')),
    ])
    expect(spun).toEqual({ outcome: 'deadline', reason: 'reading took more than 1500 ms' })
    expect(processOf(next)).toMatch(/^\d+$/)
    expect(processOf(next)).not.toBe(before)
    expect(ends).toEqual(['pid', 'spin'])
    await gone(before)
  })

  test('[X4] a read is killed at its deadline whatever time its process says that it began', async () => {
    const outcome = await createReader({ deadlineMs: 200 }).read(request('ahead'))
    expect(outcome.outcome).toBe('deadline')
  })

  for (const act of ['wrong', 'slow', 'SIGSEGV', 'spin']) {
    test(`[X4] a session whose read is ${act} is read by a process of its own from then on`, async () => {
      const reader = createReader({ deadlineMs: 200 })
      const others = ['pid-1', 'pid-2', 'pid-3']
      const readOthers = () =>
        Promise.all(others.map(async (id) => processOf(await reader.read(request(id)))))
      await readOthers()
      await reader.read(request(`${act}-1`))
      const shared = new Set(await readOthers())
      const second = await reader.read(request(`${act}-1`))
      expect([...shared]).not.toContain(processOf(second))
      // Its process may end as often as it likes: theirs do not.
      for (let round = 0; round < 3; round += 1) {
        await reader.read(request(`${act}-1`))
        for (const pid of await readOthers()) shared.add(pid)
      }
      expect([...shared].filter((pid) => !alive(pid))).toEqual([])
    })
  }

  test('[X4] sessions that are kept apart share a bounded number of processes', async () => {
    const reader = createReader()
    await reader.read(request('pid'))
    const ids = Array.from({ length: 12 }, (_, index) => `wrong-${index}`)
    for (const id of ids) await reader.read(request(id))
    const used = new Set<string>()
    for (const id of ids) used.add(reasonOf(await reader.read(request(id))))
    expect(used.size).toBe(4)
    expect(used).not.toContain(processOf(await reader.read(request('pid'))))
  })

  test('time in the queue does not count against the deadline', async () => {
    const reader = createReader({ deadlineMs: 200 })
    const outcomes = await Promise.all(
      ['spin', 'spin', 'spin', 'ok'].map((id) => reader.read(request(id))),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'deadline',
      'deadline',
      'deadline',
      'busy',
    ])
  })

  for (const signal of ['SIGSEGV', 'SIGKILL']) {
    test(`[X4] a read that ends its process by ${signal} is a violation that says so`, async () => {
      const reader = createReader()
      const outcome = await reader.read(request(signal))
      expect(reasonOf(outcome)).toBe(`reading the file ended its reader (signal ${signal})`)
      expect(await reader.read(request('ok'))).toEqual({ outcome: 'busy' })
    })
  }

  test('[X4] a read that fills the heap ends its process, not the host', async () => {
    const reader = createReader({ deadlineMs: 20_000 })
    const outcome = await reader.read(request('heap'))
    expect(reasonOf(outcome)).toMatch(/ended its reader \((signal SIGABRT|signal SIGTRAP|code)/)
    expect(await reader.read(request('ok'))).toEqual({ outcome: 'busy' })
  })

  for (const act of ['flood', 'nonsense', 'unknown']) {
    test(`[X4] an answer that is ${act} is not taken, and blocks nobody`, async () => {
      const reader = createReader({ deadlineMs: 20_000 })
      await reader.read(request('ok'))
      const stallMs = await calmestOf(async () => {
        const outcome = await reader.read(request(act))
        expect(reasonOf(outcome)).toMatch(/confused the reader/)
        expect(await reader.read(request('ok'))).toEqual({ outcome: 'busy' })
      })
      expect(stallMs).toBeLessThan(mostStallMs)
    })
  }

  test('a process that dies between requests is replaced, and nobody is blamed', async () => {
    const reader = createReader()
    for (let index = 0; index < 5; index += 1) {
      const pid = processOf(await reader.read(request('pid', { after: 1 })))
      expect(pid).toMatch(/^\d+$/)
      await gone(pid)
    }
  })

  test('a process that has grown is replaced after its answer', async () => {
    const reader = createReader()
    const first = processOf(await reader.read(request('worn')))
    const second = processOf(await reader.read(request('pid')))
    expect(second).not.toBe(first)
    await gone(first)
  })

  test('a process that ends before it reads is nobody’s violation, but an error', async () => {
    const reader = createReader()
    await expect(reader.read(request('early'))).rejects.toThrow(/keeps ending before/)
    expect(await reader.read(request('ok'))).toEqual({ outcome: 'busy' })
  })

  test('trouble of the host’s own is an error, not evidence', async () => {
    const reader = createReader()
    await expect(reader.read(request('trouble'))).rejects.toThrow(/EACCES/)
    expect(await reader.read(request('ok'))).toEqual({ outcome: 'busy' })
  })

  test('a program that is not there is named in the error', async () => {
    const entry = '/nowhere/reader.js'
    await expect(createReader({ entry }).read(request('ok'))).rejects.toThrow(entry)
    const nodePath = '/nowhere/node'
    await expect(createReader({ nodePath }).read(request('ok'))).rejects.toThrow(nodePath)
  })

  test('an aborted read is not begun while it waits, and not awaited once it runs', async () => {
    const reader = createReader({ deadlineMs: 300 })
    await reader.read(request('ok'))
    const waiting = new AbortController()
    const running = new AbortController()
    const runs = reader.read(request('spin'), running.signal)
    const waits = reader.read(request('spin'), waiting.signal)
    const last = reader.read(request('ok'))
    waiting.abort(new Error('waited'))
    running.abort(new Error('ran'))
    await expect(waits).rejects.toThrow('waited')
    await expect(runs).rejects.toThrow('ran')
    expect(await last).toEqual({ outcome: 'busy' })
  })

  test('a stop while a further process starts is no trouble', async () => {
    const told: string[] = []
    const tell = (_details: object, message: string) => void told.push(message)
    const reader = createReader({ logger: { ...silentLogger, warn: tell, error: tell } })
    await reader.read(request('ok-1'))
    await reader.read(request('ok-2'))
    await reader.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual([])
  })

  test('stop ends the process, rejects what waits, and leaves nothing behind', async () => {
    const reader = createReader({ deadlineMs: 20_000 })
    const pid = processOf(await reader.read(request('pid')))
    const reads = [request('spin'), request('ok')].map((one) => reader.read(one))
    const settled = Promise.allSettled(reads)
    await reader[Symbol.asyncDispose]()
    expect(alive(pid)).toBe(false)
    for (const end of await settled) {
      expect(end.status === 'rejected' && isNanoclawError(end.reason) && end.reason.code).toBe(
        'closed',
      )
    }
    await expect(reader.read(request('ok'))).rejects.toThrow(/stopped/)
  })
})
