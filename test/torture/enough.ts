import { sendFaults } from './platform/faults.ts'
import { readHome } from './read-home.ts'
import { claimsOf } from './read-turns.ts'
import type { Scene } from './scene.ts'

/**
 * What a storm has still to do before it has tested anything; undefined: nothing. So many kills have
 * to meet a daemon that answers, turns have to be interrupted, each fault of a send has to be dealt,
 * and, where keys are forgotten, something has to be in doubt.
 */
export function whatIsMissing(scene: Scene, kills: number): string | undefined {
  const { blows, platform, claims, home } = scene
  if (blows.met < kills) return `${kills - blows.met} kills`
  const dealt = new Set(platform.sends.map(({ fault }) => fault))
  const faults = sendFaults.filter((fault) => !dealt.has(fault))
  if (faults.length > 0) return `sends that are ${faults.join(', ')}`
  if (!claimsOf(home).some((message) => message.claims > 1)) return 'a turn that is interrupted'
  if (claims.windowMs !== null && claims.windowMs > kindWindowMs) return undefined
  return hasDoubt(scene) ? undefined : 'a send in doubt'
}

/** A platform that knows keys for longer leaves nothing in doubt. */
const kindWindowMs = 60_000

function hasDoubt({ home, claims }: Scene): boolean {
  try {
    return readHome(home, claims.textLength).ledger.some((part) => part.ambiguousCount > 0)
  } catch {
    // A daemon that is just being killed or started: there is a next time.
    return false
  }
}
