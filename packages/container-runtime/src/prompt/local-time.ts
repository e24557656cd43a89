/** Shows moments as the wall clock of a zone does: `2026-11-22 14:05`. */
export interface LocalTime {
  readonly timezone: string
  /** Takes ISO-8601; what is no moment is given back as it is. */
  show(iso: string): string
}

const inUtc = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):[0-5]\d\.\d{3}Z$/

/** Throws `RangeError` for a zone that the platform does not know. */
export function createLocalTime(timezone: string): LocalTime {
  return timezone === 'UTC' ? createUtcTime() : createZoneTime(timezone)
}

/** Without the platform's tables of zones and languages, which take a start 15 ms to load. */
function createUtcTime(): LocalTime {
  let others: LocalTime | undefined
  return {
    timezone: 'UTC',
    show: (iso) => {
      const [, day, minute] = inUtc.exec(iso) ?? []
      if (day !== undefined) return `${day} ${minute}`
      return (others ??= createZoneTime('UTC')).show(iso)
    },
  }
}

function createZoneTime(timezone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const formatted = (iso: string): string => {
    const moment = new Date(iso)
    if (Number.isNaN(moment.getTime())) return iso
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`
  }
  // Most messages of a prompt are of one minute, and so is the next prompt.
  let last = { minute: '', shown: '' }
  return {
    timezone,
    show: (iso) => {
      const minute = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}):[0-5]\d\.\d{3}Z$/.exec(iso)?.[1]
      if (minute === undefined) return formatted(iso)
      if (minute !== last.minute) last = { minute, shown: formatted(iso) }
      return last.shown
    },
  }
}
