/**
 * The host's next (even) number above `largest`, the largest of either side; 0 when there is none.
 * `seq` is one number line per session (session protocol §2): the host takes even numbers, the
 * runner odd ones.
 */
export function nextHostSeq(largest: number): number {
  return largest - (largest % 2) + 2
}

/** The runner's next (odd) number above `largest`, the largest of either side. */
export function nextRunnerSeq(largest: number): number {
  return largest % 2 === 0 ? largest + 1 : largest + 2
}

/** From a container the host takes numbers at most this far above the largest known. */
export const seqWindow = 2 ** 20
