import { timestamp, type Place } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { HeardRows } from './heard-rows.ts'
import type { HeardFrom } from './types.ts'

function placeKey({ channelType, channelInstance, platformId }: Place): string {
  return JSON.stringify([channelType, channelInstance, platformId])
}

/** What is written of who has been heard. */
export function heardWrites(tools: WriteTools, rows: HeardRows) {
  const { clock } = tools
  return {
    note(sessionId: string, heard: readonly HeardFrom[]): void {
      const since = timestamp(clock)
      for (const each of heard) rows.put(sessionId, each, since)
    },
    clear(sessionId: string, keep: readonly Place[], by: string): void {
      const kept = new Set(keep.map(placeKey))
      const since = timestamp(clock)
      const heard = rows.all(sessionId).filter(({ place }) => kept.has(placeKey(place)))
      rows.clear(sessionId)
      for (const each of heard) rows.put(sessionId, each, since)
      const details = { keptPlaces: [...kept].toSorted() }
      audit(tools, { kind: 'session-cleared', actor: by, subject: sessionId, details })
    },
  }
}
