import { NanoclawError } from '@nanoclaw/schema/plain'
import { toCrossing } from './crossing-errors.ts'
import type { ThreadAnswer, ThreadRequest } from './messages.ts'

/** A file that a thread has open: what may be asked of it. All of it is synchronous. */
export interface ThreadService {
  readonly methods: Readonly<Record<string, (...args: never[]) => unknown>>
  close(): void
}

/** What a thread can open, by kind. */
export type ThreadServices = Readonly<Record<string, (options: never) => ThreadService>>

/** The side of the thread that requests come in at. */
export interface ThreadPort {
  on(event: 'message', listener: (request: ThreadRequest) => void): unknown
  postMessage(answer: ThreadAnswer): void
  close(): void
}

function unknownName(what: string, name: string): NanoclawError {
  return new NanoclawError('bad-option', `expected ${what} that database threads know, got ${name}`)
}

/** Serves requests, one after the other, until it is told to end. */
export function serveThread(port: ThreadPort, services: ThreadServices): void {
  const files = new Map<number, ThreadService>()

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

  function serve(request: Exclude<ThreadRequest, { readonly type: 'end' }>): unknown {
    if (request.type === 'call') return call(request.file, request.method, request.args)
    if (request.type === 'close') return close(request.file)
    files.set(request.file, open(request.kind, request.options))
    return undefined
  }

  port.on('message', (request) => {
    if (request.type === 'end') {
      for (const file of files.keys()) close(file)
      port.close()
      return
    }
    const { call: asked } = request
    try {
      // Throws for what cannot be sent, too.
      port.postMessage({ call: asked, value: serve(request) })
    } catch (error) {
      port.postMessage({ call: asked, error: toCrossing(error) })
    }
  })
}
