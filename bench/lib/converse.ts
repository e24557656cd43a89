import type { BenchHost } from './bench-host.ts'

/** In each chat one message after the other, all chats at once. */
export async function converse(
  host: BenchHost,
  each: number,
): Promise<{ readonly seconds: number; readonly times: readonly number[] }> {
  const times: number[] = []
  const began = performance.now()
  await Promise.all(
    host.chats.map(async (_, chat) => {
      for (let index = 0; index < each; index += 1) {
        const sent = performance.now()
        await host.roundTrip(`hello ${index}`, chat)
        times.push(performance.now() - sent)
      }
    }),
  )
  return { seconds: (performance.now() - began) / 1_000, times }
}
