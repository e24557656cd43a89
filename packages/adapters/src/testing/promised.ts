import type { ChannelAdapter } from '../contract/adapter.ts'
import type { ConformanceFacet } from './harness.ts'
import type { Scene } from './scene.ts'
import type { Wording } from './verdict.ts'

/** One promise, and how to see whether it is kept. */
export interface Promised extends Wording {
  /** What the platform must be able to play. */
  readonly facets?: readonly ConformanceFacet[]
  /** Whether this adapter makes the promise at all. Default: every adapter does. */
  readonly claimed?: (adapter: ChannelAdapter) => boolean
  run(scene: Scene): Promise<void>
}
