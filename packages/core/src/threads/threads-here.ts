import { NanoclawError } from '@nanoclaw/schema/plain'
import type { ThreadService, ThreadServices } from './serve-thread.ts'
import type { AnyThreads, Given, GivenBack, ThreadFile } from './types.ts'

function closedError(): NanoclawError {
  return new NanoclawError('closed', 'this file has been closed; open it')
}

/** No threads at all: files are opened, and wait for their disk, in the caller's own. */
export function createThreadsHere(services: ThreadServices): AnyThreads {
  const files = new Set<ThreadService>()
  let isClosed = false

  function close(file: ThreadService): void {
    if (files.delete(file)) file.close()
  }

  return {
    async open<Methods>(kind: string, options: unknown): Promise<ThreadFile<Methods>> {
      const make = services[kind]
      if (isClosed || make === undefined) throw closedError()
      const file: ThreadService = Reflect.apply(make, undefined, [options])
      files.add(file)
      return {
        async call<Name extends keyof Methods & string>(name: Name, ...args: Given<Methods, Name>) {
          const work = file.methods[name]
          if (!files.has(file) || work === undefined) throw closedError()
          return Reflect.apply(work, undefined, args) as GivenBack<Methods, Name>
        },
        close: async () => close(file),
      }
    },
    async close() {
      isClosed = true
      for (const file of files) close(file)
    },
  }
}
