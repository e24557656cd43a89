import type { Incident } from '@nanoclaw/core'
import { createOperatorNotice } from '../../src/operator/operator-notice.ts'
import type { OperatorNotice, OperatorSink } from '../../src/operator/operator-sink.ts'

/** An incident, open since noon. */
export function incident(change: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-00000001',
    kind: 'delivery-failed',
    subject: 'sess-00000001',
    sessionId: 'sess-00000001',
    agentGroupId: 'ag-00000001',
    message: 'a message to family was failed: the chat is gone',
    occurrences: 1,
    openedAt: '2026-01-31T12:00:00.000Z',
    lastSeenAt: '2026-01-31T12:00:00.000Z',
    resolvedAt: null,
    ...change,
  }
}

/** A notice of the home `inst-1`. */
export function notice(...incidents: readonly Partial<Incident>[]): OperatorNotice {
  const all = incidents.length === 0 ? [incident()] : incidents.map((each) => incident(each))
  return createOperatorNotice(all, 'inst-1')
}

/** A sink that does what it is told to, and keeps what it took. */
export function playedSink(name: string) {
  const taken: OperatorNotice[] = []
  const asked: OperatorNotice[] = []
  const waiting = new Set<() => void>()
  const sink: OperatorSink & { works: boolean | 'hangs' } = {
    name,
    works: true,
    tell(given) {
      asked.push(given)
      if (sink.works === true) taken.push(given)
      for (const look of [...waiting]) look()
      if (sink.works === 'hangs') return new Promise(() => undefined)
      return sink.works ? Promise.resolve() : Promise.reject(new Error(`${name} is down`))
    },
  }
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add(resolve)
      await promise
      waiting.delete(resolve)
    }
  }
  return { sink, taken, asked, until }
}
