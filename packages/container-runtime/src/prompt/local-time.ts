/** Shows moments as the wall clock of a zone does: `2026-11-22 14:05`. */
export interface LocalTime {
  readonly timezone: string
  /** Takes ISO-8601; what is no moment is given back as it is. */
  show(iso: string): string
}

/** Throws `RangeError` for a zone that the platform does not know. */
export function createLocalTime(timezone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return {
    timezone,
    show: (iso) => {
      const moment = new Date(iso)
      if (Number.isNaN(moment.getTime())) return iso
      const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]))
      const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
      return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`
    },
  }
}
