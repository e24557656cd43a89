import { setTimeout as pause } from 'node:timers/promises'
import { well } from './platform/faults.ts'
import { readArchives } from './read-archives.ts'
import { readEffects, readHome } from './read-home.ts'
import type { Evidence } from './evidence.ts'
import type { Scene } from './scene.ts'

/** How a run came to rest. */
export interface Settled {
  readonly evidence: Evidence
  /** Why it did not; undefined: it did. */
  readonly unrest: string | undefined
  /** Of the daemon that was asked to end. */
  readonly exitCode: number | null
}

const readyLimitMs = 60_000
const stopLimitMs = 60_000
const stepMs = 250
/** The host looks at everything that may be due every few seconds. */
const quietMs = 3_000

/** All is well from now on: waits until nothing is left to be done, and reads what there is. */
export async function settle(scene: Scene, limitMs: number): Promise<Settled> {
  const { platform, daemon, home, claims, stream, words } = scene
  platform.setFaults(well)
  let unrest: string | undefined
  try {
    await daemon.untilReady(readyLimitMs)
    unrest = await rest(scene, performance.now() + limitMs)
  } catch (error) {
    unrest = String(error)
  }
  const exitCode = await daemon.stop(stopLimitMs)
  await platform.close()
  const { world } = platform
  const evidence: Evidence = {
    messages: stream.messages.filter((_, index) => index < world.confirmedOffset),
    posts: world.posts,
    ...readHome(home, claims.textLength, await readArchives(home)),
    effects: await readEffects(home),
    words,
  }
  return { evidence, unrest, exitCode }
}

/** Undefined: nothing is left. The databases are asked, for there may be nothing to show. */
async function rest({ platform: { world }, home, claims }: Scene, until: number) {
  let quietSince: number | undefined
  let posts = world.posts.length
  for (;;) {
    const left = whatIsLeft()
    const isSame = posts === world.posts.length
    posts = world.posts.length
    quietSince = left === undefined && isSame ? (quietSince ?? performance.now()) : undefined
    if (quietSince !== undefined && performance.now() - quietSince > quietMs) return undefined
    if (performance.now() > until) return left ?? 'it goes on showing messages'
    await pause(stepMs)
  }

  function whatIsLeft(): string | undefined {
    const unconfirmed = world.newestOffset - world.confirmedOffset
    if (unconfirmed > 0) return `${unconfirmed} messages are not confirmed`
    try {
      const { inbound, ledger } = readHome(home, claims.textLength)
      const rows = inbound.filter(({ status }) => status === 'pending' || status === 'paused')
      const parts = ledger.filter(
        ({ status }) => !['delivered', 'failed', 'refused'].includes(status),
      )
      if (rows.length + parts.length === 0) return undefined
      return `${rows.length} rows wait for an answer, ${parts.length} parts to be shown`
    } catch (error) {
      return `the home cannot be read: ${String(error)}`
    }
  }
}
