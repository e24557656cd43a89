import { NanoclawError } from '@nanoclaw/schema/plain'
import { toCrossing } from './crossing-errors.ts'
import { createProcessorWaits } from './processor-waits.ts'
import type { ThreadAnswer, ThreadReport, ThreadRequest } from './messages.ts'
import { createPauses } from './pauses.ts'

/** A file that a thread has open: what may be asked of it. All of it is synchronous. */
export interface ThreadService {
  readonly methods: Readonly<Record<string, (...args: never[]) => unknown>>
  /** Nothing is asked: time for what would be in a request's way. Says whether there was any. */
  pause?(): boolean
  close(): void
}

/** What a thread can open, by kind. */
export type ThreadServices = Readonly<Record<string, (options: never) => ThreadService>>

/** The side of the thread that requests come in at. */
export interface ThreadPort {
  on(event: 'message', listener: (requests: readonly ThreadRequest[]) => void): unknown
  postMessage(report: ThreadReport): void
  close(): void
}

type Answered = Exclude<ThreadRequest, { readonly type: 'end' }>

/** What takes longer, without what it waited for a processor, has waited for a disk. */
const waitMs = 2
const waitsWeight = 0.1
/** Where so much waits, what has been done is told before anything else is begun. */
const fewWaits = 0.2
/**
 * So long it may otherwise wait to be told with what is done next, in milliseconds; not at all where that
 * has not been as quick before.
 */
const answersWaitMs = 1

function unknownName(what: string, name: string): NanoclawError {
  return new NanoclawError('bad-option', `expected ${what} that database threads know, got ${name}`)
}

/** Measured here: neither a main thread that is busy nor a processor is a slow disk. */
function createHasWaited(): (tookMs: number) => boolean {
  const processorWaits = createProcessorWaits()
  return (tookMs) => tookMs > waitMs && tookMs - processorWaits() > waitMs
}

/** What was over before others would have waited too long to be told, the last time it was asked. */
function createQuick() {
  const names = new Set<string>()
  const nameOf = (request: Answered) => (request.type === 'call' ? request.method : request.type)
  return {
    has: (request: Answered) => names.has(nameOf(request)),
    note(request: Answered, tookMs: number): void {
      if (tookMs < answersWaitMs) names.add(nameOf(request))
      else names.delete(nameOf(request))
    },
  }
}

/** Tells of what has been done. One that cannot be sent is told as an error: the others are not to blame. */
function tell(port: ThreadPort, answers: readonly ThreadAnswer[], waits: number): void {
  try {
    port.postMessage({ answers, waits })
  } catch (error) {
    const [first] = answers
    if (answers.length > 1) for (const answer of answers) tell(port, [answer], waits)
    else if (first !== undefined)
      tell(port, [{ call: first.call, error: toCrossing(error) }], waits)
  }
}

/** Serves requests, one after the other, until it is told to end. */
export function serveThread(port: ThreadPort, services: ThreadServices): void {
  const files = new Map<number, ThreadService>()
  const hasWaited = createHasWaited()
  const pauses = createPauses(files)

  function open(kind: string, options: unknown): ThreadService {
    const make = services[kind]
    if (make === undefined) throw unknownName('a kind of file', kind)
    return Reflect.apply(make, undefined, [options])
  }

  function call(file: number, method: string, args: readonly unknown[]): unknown {
    const service = files.get(file)
    if (service === undefined) {
      throw new NanoclawError('closed', 'this file is not open in its thread; open it')
    }
    const work = service.methods[method]
    if (work === undefined) throw unknownName('a method', method)
    return Reflect.apply(work, undefined, args)
  }

  function close(file: number): void {
    const service = files.get(file)
    files.delete(file)
    service?.close()
  }

  function serve(request: Answered): unknown {
    if (request.type === 'call') return call(request.file, request.method, request.args)
    if (request.type === 'close') return close(request.file)
    // One that could not be closed when its file left for another thread.
    close(request.file)
    files.set(request.file, open(request.kind, request.options))
    return undefined
  }

  function answerTo(request: Answered): ThreadAnswer {
    try {
      return { call: request.call, value: serve(request) }
    } catch (error) {
      return { call: request.call, error: toCrossing(error) }
    }
  }

  let answers: ThreadAnswer[] = []
  let waits = 0
  const quick = createQuick()

  function report(): void {
    const told = answers
    answers = []
    if (told.length > 0) tell(port, told, waits)
  }

  function work(request: Answered): number {
    if (!quick.has(request)) report()
    const begun = performance.now()
    answers.push(answerTo(request))
    const now = performance.now()
    quick.note(request, now - begun)
    waits += waitsWeight * (Number(hasWaited(now - begun)) - waits)
    return now
  }

  port.on('message', (requests) => {
    let toldAt = performance.now()
    for (const request of requests) {
      if (request.type === 'end') {
        report()
        for (const file of files.keys()) close(file)
        port.close()
        return
      }
      const now = work(request)
      if (waits < fewWaits && now - toldAt < answersWaitMs) continue
      report()
      toldAt = now
    }
    report()
    pauses.put()
  })
}
