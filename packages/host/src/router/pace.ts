import type { Clock } from '@nanoclaw/schema'

/** Whether something may be done about a subject now: not again for a while, and not for too many at once. */
export type MayNow = (subject: string) => boolean

/** Says yes once in `everyMs` for each subject, and for `atMost` of them in that time. */
export function createPace(
  clock: Clock,
  { everyMs, atMost }: { readonly everyMs: number; readonly atMost: number },
): MayNow {
  const last = new Map<string, number>()
  return (subject) => {
    const now = clock.now()
    for (const [known, at] of last) if (now - at >= everyMs || now < at) last.delete(known)
    if (last.has(subject) || last.size >= atMost) return false
    last.set(subject, now)
    return true
  }
}
