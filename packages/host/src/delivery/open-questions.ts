import type { Core } from '@nanoclaw/core'

/** The incident by which a person is asked about a message; its subject is the message's id. */
export const askedKind = 'delivery-ambiguous'

/** Questions that an earlier process has left open; a crash may have kept one open that is answered. */
export interface OpenQuestions {
  /** Learns of them; to be called before sessions wake. */
  load(): Promise<void>
  /** Ids of the messages of a session that they are about. */
  of(sessionId: string): readonly string[]
}

/** Reads the operator's list once, whichever sessions wake. */
export function createOpenQuestions({ incidents }: Pick<Core, 'incidents'>): OpenQuestions {
  const asked = new Map<string, string[]>()
  return {
    load: async () => {
      for (const { kind, subject, sessionId } of await incidents.list({ open: true })) {
        if (kind !== askedKind || sessionId === null) continue
        asked.set(sessionId, [...(asked.get(sessionId) ?? []), subject])
      }
    },
    of: (sessionId) => asked.get(sessionId) ?? [],
  }
}
