import { startBenchHost } from './bench-host.ts'
import { createGroupedDriver } from './grouped-driver.ts'
import { countIdsInHeaps, watchWorkers } from './ids-in-heap.ts'

/** What a soak's host is told by its parent, as its one argument, in JSON. */
export interface SoakOptions {
  readonly messages: number
  readonly chats: number
  /** The runners share so many processes. */
  readonly groups: number
  /** What has ended is kept for so long. */
  readonly keepSeconds: number
}

/** What it says, in this order: where its sessions are, how far it is, when all have been answered. */
export type SoakWord =
  | { readonly sessions: string }
  | { readonly answered: number; readonly heap: number }
  | { readonly seconds: number }
  | { readonly idsKept: number }

const toldEachMs = 100

/** Goes on in all chats until so many messages have been answered. */
async function soakHost({ messages, chats, groups, keepSeconds }: SoakOptions): Promise<void> {
  const workers = watchWorkers()
  const say = (word: SoakWord): void => void process.send?.(word)
  const host = await startBenchHost({
    driver: () => createGroupedDriver(groups),
    ...{ chats, containers: chats, retentionDays: keepSeconds / 86_400 },
  })
  let answered = 0
  let sent = 0
  const tell = (): void => say({ answered, heap: process.memoryUsage().heapUsed })
  say({ sessions: host.core.layout.sessions })
  const began = performance.now()
  const timer = setInterval(tell, toldEachMs)
  try {
    await Promise.all(
      host.chats.map(async (_, chat) => {
        while (sent < messages) {
          sent += 1
          await host.roundTrip(`hello ${sent}`, chat)
          answered += 1
        }
      }),
    )
    clearInterval(timer)
    const seconds = (performance.now() - began) / 1_000
    tell()
    say({ seconds })
    say({ idsKept: await countIdsInHeaps(workers()) })
  } finally {
    clearInterval(timer)
    await host.stop()
  }
}

process.once('disconnect', () => process.exit())
await soakHost(JSON.parse(process.argv[2] ?? '') as SoakOptions)
process.exit()
