/** The dedupe key of a copy that runs a failed row again: there is one at most. */
export function rerunKey(id: string): string {
  return JSON.stringify(['rerun', id])
}
