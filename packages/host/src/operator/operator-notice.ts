import { createHash } from 'node:crypto'
import type { Incident } from '@nanoclaw/core'
import type { OperatorNotice } from './operator-sink.ts'

const incidentsAtMost = 100
const shownAtMost = 10
const messageLength = 500
const shortLength = 160

/** One line of bounded length: what stands in a message may come from a container. */
function line(text: string, length: number): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  const characters = [...plain]
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : plain
}

/** `2026-01-31 12:00 UTC`. */
function moment(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`
}

function textOfOne({ id, kind, message, occurrences, openedAt }: Incident): string {
  const times = occurrences === 1 ? 'once' : `${occurrences} times`
  return [
    `NanoClaw needs attention: ${line(kind, shortLength)}`,
    line(message, messageLength),
    `Since ${moment(openedAt)}, ${times} so far.`,
    `Look: nanoclaw incidents. When it is seen to: nanoclaw incidents --resolve ${id}`,
  ].join('\n')
}

function countsByKind(incidents: readonly Incident[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of incidents) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const most = [...counts].toSorted(([, a], [, b]) => b - a)
  const shown = most.slice(0, shownAtMost)
  const others = most.length > shown.length ? ', and others' : ''
  return `${shown.map(([kind, count]) => `${count} × ${line(kind, shortLength)}`).join(', ')}${others}`
}

function textOfMany(incidents: readonly Incident[]): string {
  const shown = incidents.slice(0, shownAtMost)
  const more = incidents.length - shown.length
  return [
    `NanoClaw needs attention: ${incidents.length} incidents`,
    countsByKind(incidents),
    ...shown.map(
      ({ kind, message }) => `- ${line(kind, shortLength)}: ${line(message, shortLength)}`,
    ),
    ...(more > 0 ? [`… and ${more} more.`] : []),
    'All of them: nanoclaw incidents',
  ].join('\n')
}

function keyOf(incidents: readonly Incident[]): string {
  const ids = incidents.map(({ id }) => id).toSorted()
  const [only] = ids
  if (ids.length === 1 && only !== undefined) return only
  return `incs-${createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32)}`
}

/**
 * What the operator is told of these incidents, of which there is at least one. Of their texts, which
 * may be a container's, each is one line of bounded length.
 */
export function createOperatorNotice(
  found: readonly Incident[],
  installId: string,
): OperatorNotice {
  const incidents = found.map((incident) => ({
    ...incident,
    kind: line(incident.kind, shortLength),
    subject: line(incident.subject, messageLength),
    message: line(incident.message, messageLength),
  }))
  const [first] = incidents
  const isOne = first !== undefined && incidents.length === 1
  return {
    key: keyOf(incidents),
    installId,
    text: isOne ? textOfOne(first) : textOfMany(incidents),
    incidents: incidents.slice(0, incidentsAtMost),
    total: incidents.length,
  }
}

/** A notice for programs: the form that webhooks and commands get, version 1. Later ones only add. */
export function noticeJson(notice: OperatorNotice): string {
  const { key, installId, text, total } = notice
  const incidents = notice.incidents.map((incident) => ({
    id: incident.id,
    kind: incident.kind,
    subject: incident.subject,
    message: incident.message,
    occurrences: incident.occurrences,
    openedAt: incident.openedAt,
    lastSeenAt: incident.lastSeenAt,
    sessionId: incident.sessionId,
    agentGroupId: incident.agentGroupId,
  }))
  return JSON.stringify({ version: 1, key, installId, text, total, incidents })
}
