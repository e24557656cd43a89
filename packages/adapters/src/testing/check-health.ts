import type { Scene } from './scene.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Fails when what the adapter says of itself now is not well formed. */
export function checkHealth({ adapter, check }: Pick<Scene, 'adapter' | 'check'>): void {
  const { state, since, why = '', lastProof } = adapter.health()
  const known = ['connected', 'degraded', 'down'].includes(state)
  check(known, `health().state is ${JSON.stringify(state)}`)
  check(ISO.test(since), `health().since is ${JSON.stringify(since)}, not ISO-8601 UTC`)
  const proof = lastProof === undefined || ISO.test(lastProof)
  check(proof, `health().lastProof is ${JSON.stringify(lastProof)}, not ISO-8601 UTC`)
  const explained = state === 'connected' || why !== ''
  check(explained, `health() says ${state} and not why`)
}
