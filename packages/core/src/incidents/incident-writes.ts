import { timestamp } from '@nanoclaw/schema/plain'
import type { WriteTools } from '../central/write-tools.ts'
import { writeIncidentEvent, type IncidentChange, type ToldWrite } from '../events/event-writes.ts'
import { createGaps } from './gaps.ts'
import type { Incident, NewIncident } from './types.ts'

/** An incident, and whether it has just begun. */
export interface OpenedIncident {
  readonly incident: Incident
  readonly isNew: boolean
}

function begun(given: NewIncident, id: string, now: string): Incident {
  const { kind, subject, message, sessionId = null, agentGroupId = null } = given
  const times = { occurrences: 1, openedAt: now, lastSeenAt: now, resolvedAt: null }
  return { id, kind, subject, sessionId, agentGroupId, message, ...times }
}

function tellingWrites({ sql, clock }: WriteTools) {
  const gaps = createGaps({ sql })
  return {
    told(those: readonly string[], toldThrough: string): void {
      const now = clock.now()
      const toldAt = timestamp({ now: () => now })
      for (const id of those) {
        const nextTellAt = gaps.afterTelling(id, now)
        sql.setTold().run({ id, toldAt, toldThrough, nextTellAt })
      }
    },
    tellLater(those: readonly string[], nextTellAt: string): void {
      for (const id of those) sql.tellLater().run({ id, nextTellAt })
    },
  }
}

/** What is written of incidents. A change is told of under the stamp that is given. */
export function incidentWrites(tools: WriteTools) {
  const { sql, clock, ids } = tools
  const gaps = createGaps(tools)
  const told = <T>(value: T, stamp: number, change: IncidentChange): ToldWrite<T> => {
    writeIncidentEvent(tools, stamp, change)
    return { value, told: change }
  }
  const change = ({ id, message, occurrences, lastSeenAt, resolvedAt }: Incident): void =>
    void sql.changeIncident().run({ id, message, occurrences, lastSeenAt, resolvedAt })
  return {
    ...tellingWrites(tools),
    open(given: NewIncident, stamp: number): ToldWrite<OpenedIncident> {
      const { kind, subject, message } = given
      const now = timestamp(clock)
      const known: Incident | undefined = sql.openIncident().get({ kind, subject })
      if (known !== undefined) {
        const occurrences = known.occurrences + 1
        const incident = { ...known, message, occurrences, lastSeenAt: now }
        change(incident)
        return told({ incident, isNew: false }, stamp, { change: 'again', incident })
      }
      const incident = begun(given, ids.next('inc'), now)
      const nextTellAt = gaps.nextTellAt(kind, subject, Date.parse(now))
      sql.insertIncident().run({ ...incident, nextTellAt })
      return told({ incident, isNew: true }, stamp, { change: 'opened', incident })
    },
    /** Whether one was open. */
    resolve(kind: string, subject: string, stamp: number): ToldWrite<boolean> {
      const known: Incident | undefined = sql.openIncident().get({ kind, subject })
      if (known === undefined) return { value: false, told: undefined }
      const incident = { ...known, resolvedAt: timestamp(clock) }
      change(incident)
      return told(true, stamp, { change: 'resolved', incident })
    },
  }
}
