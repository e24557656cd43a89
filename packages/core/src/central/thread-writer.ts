import type { Clock, Ids } from '@nanoclaw/schema/plain'
import type { ThreadFile, Threads } from '../threads/types.ts'
import type { CentralServiceOptions } from './central-service.ts'
import type { CentralWriter, SentWrite } from './write-request.ts'

interface CentralMethods {
  run(sent: SentWrite): unknown
}

/** Writes in a database thread, which opens the central database with the first of them. */
export function writerInThread(
  threads: Threads,
  options: CentralServiceOptions,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): CentralWriter {
  let opening: Promise<ThreadFile<CentralMethods>> | undefined
  const open = () =>
    (opening ??= threads.open<CentralMethods>('central', options).catch((error: unknown) => {
      opening = undefined
      throw error
    }))
  return {
    async run({ idOf, ...request }) {
      const id = idOf === undefined ? undefined : ids.next(idOf)
      const sent = { ...request, id, now: clock.now() }
      return (await open()).call('run', sent)
    },
    async close() {
      const opened = await opening?.catch(() => undefined)
      await opened?.close()
    },
  }
}
