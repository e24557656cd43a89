// The program of a database thread. Started by DatabaseThread, which speaks with it.
import { parentPort } from 'node:worker_threads'
import { serveThread } from './serve-thread.ts'
import { threadServices } from './services.ts'

if (parentPort === null) throw new Error('expected to be started as a thread')
serveThread(parentPort, threadServices)
