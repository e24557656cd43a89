import type { Readable } from 'node:stream'
import { getHeapSnapshot } from 'node:v8'
import type { Worker } from 'node:worker_threads'

/** Ids of rows that messages come and go as. */
const ids = /\b(?:in|out|turn)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const longest = 'turn-00000000-0000-0000-0000-000000000000'.length

/** From now on; gives those that run. */
export function watchWorkers(): () => readonly Worker[] {
  const running = new Set<Worker>()
  process.on('worker', (worker) => {
    running.add(worker)
    worker.once('exit', () => running.delete(worker))
  })
  return () => [...running]
}

async function collect(snapshot: Readable, found: Set<string>): Promise<void> {
  let rest = ''
  for await (const chunk of snapshot.setEncoding('utf8')) {
    const text = rest + String(chunk)
    for (const [id] of text.matchAll(ids)) found.add(id)
    // One may be cut in two.
    rest = text.slice(-longest)
  }
}

/**
 * Of how many messages, answers and turns the ids are in memory, in this thread and in others, after
 * all garbage has been collected. Stops them for seconds.
 */
export async function countIdsInHeaps(workers: readonly Worker[]): Promise<number> {
  const found = new Set<string>()
  await collect(getHeapSnapshot(), found)
  for (const worker of workers) await collect(await worker.getHeapSnapshot(), found)
  return found.size
}
