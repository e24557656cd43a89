const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const

/** Such as `3m`: in the largest unit that it fills. What is below a second, or not yet, is `0s`. */
export function shortDuration(ms: number): string {
  const unit = units.find((one) => ms >= one.ms)
  return unit === undefined ? '0s' : `${Math.floor(ms / unit.ms)}${unit.name}`
}

/** Milliseconds between two moments of ISO-8601; undefined where one of them is none. */
export function between(from: string, to: string): number | undefined {
  const ms = Date.parse(to) - Date.parse(from)
  return Number.isFinite(ms) ? ms : undefined
}
