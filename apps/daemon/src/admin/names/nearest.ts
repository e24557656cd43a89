/** How many names are offered in place of a wrong one. */
const mostOffered = 3

/** The known names nearest to a wrong one, nearest first; none where nothing is near. */
export function nearest(wrong: string, known: readonly string[]): readonly string[] {
  const typed = wrong.toLowerCase()
  const most = Math.max(2, Math.floor(typed.length / 3))
  const ranked = [...new Set(known)].flatMap((name) => {
    const folded = name.toLowerCase()
    const isPart = typed.length >= 2 && folded.includes(typed)
    const steps = isPart ? 1 : stepsBetween(typed, folded)
    return steps <= most && steps < folded.length ? [{ name, steps }] : []
  })
  return ranked
    .toSorted((a, b) => a.steps - b.steps)
    .slice(0, mostOffered)
    .map(({ name }) => name)
}

/**
 * Letters to add, drop, change or swap with the next one, to come from one to the other: optimal
 * string alignment. No more than the first 200 letters of each count.
 */
function stepsBetween(from: string, to: string): number {
  const [a, b] = [[...from].slice(0, 200), [...to].slice(0, 200)]
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const steps = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
      )
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(isSwap ? Math.min(steps, (beforeLast[j - 2] ?? 0) + 1) : steps)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
