import type { ConformanceFacet } from './harness.ts'
import type { Scene } from './scene.ts'

/** One promise and how to see whether it is kept. */
export interface Promised {
  readonly name: string
  /** What the platform must be able to play. */
  readonly facet?: ConformanceFacet
  run(scene: Scene): Promise<void>
}
