// The program of a database thread. Started by DatabaseThread, which speaks with it.
import { enableCompileCache } from 'node:module'
import { parentPort } from 'node:worker_threads'

if (parentPort === null) throw new Error('expected to be started as a thread')
// From source each start strips types anew, which takes longer than all the rest.
if (import.meta.url.endsWith('.ts')) enableCompileCache()
const { serveThread } = await import('./serve-thread.ts')
const { threadServices } = await import('./services.ts')
serveThread(parentPort, threadServices)
