/** A run of three or more backticks or tildes at the start of a line. */
export interface FenceRun {
  readonly start: number
  /** First offset after the run. */
  readonly end: number
  /** The run that closes the fence this one would open, or undefined: then it opens none. */
  readonly closedBy: FenceRun | undefined
}

interface Run {
  readonly start: number
  readonly end: number
  closedBy: Run | undefined
}

function runAt(text: string, start: number): Run | undefined {
  const char = text[start]
  if (char !== '`' && char !== '~') return undefined
  let end = start
  while (text[end] === char) end += 1
  return end - start >= 3 ? { start, end, closedBy: undefined } : undefined
}

/** Pairs each run with the next one of its kind that is at least as long: one pass with a stack. */
function pair(runs: readonly Run[]): void {
  const open: Run[] = []
  for (const run of runs) {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (top.end - top.start > run.end - run.start) break
      top.closedBy = run
      open.pop()
    }
    open.push(run)
  }
}

/**
 * Every fence run of `text` in order, each with the run that would close it: the next one at a
 * line's start, of the same character and at least as long.
 */
export function findFenceRuns(text: string): FenceRun[] {
  const runs: Run[] = []
  for (let line = 0; ;) {
    const run = runAt(text, line)
    if (run !== undefined) runs.push(run)
    const newline = text.indexOf('\n', line)
    if (newline === -1) break
    line = newline + 1
  }
  pair(runs.filter((run) => text[run.start] === '`'))
  pair(runs.filter((run) => text[run.start] === '~'))
  return runs
}
