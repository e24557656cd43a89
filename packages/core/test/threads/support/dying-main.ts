// The program of database threads, but for words that it dies of: before a commit, or after it.
import { parentPort } from 'node:worker_threads'
import { serveThread, type ThreadService } from '../../../src/threads/serve-thread.ts'
import { threadServices } from '../../../src/threads/services.ts'

type Method = (...args: never[]) => unknown

const mortal =
  (make: (options: never) => ThreadService) =>
  (options: never): ThreadService => {
    const service = make(options)
    const dieOf = (word: string, args: readonly unknown[]) => {
      if (JSON.stringify(args).includes(word)) process.exit(5)
    }
    const methods = Object.entries<Method>(service.methods).map(([name, method]) => [
      name,
      (...args: never[]) => {
        dieOf('die before', args)
        const result = Reflect.apply(method, undefined, args)
        dieOf('die after', args)
        return result
      },
    ])
    return { methods: Object.fromEntries(methods), close: () => service.close() }
  }

if (parentPort !== null) {
  serveThread(parentPort, {
    central: mortal(threadServices.central),
    inbound: mortal(threadServices.inbound),
  })
}
