import { describe, expect, it } from 'vitest'
import type { TraceReport } from '../../src/control/ledger-report.ts'
import { traceLines } from '../../src/screen/trace-lines.ts'

const [incoming, answer] = ['in-019a0b1c-0001', 'out-019a0b1c-0002']

const trace: TraceReport = {
  id: incoming,
  direction: 'in',
  sessionId: 'sess-1',
  agent: 'nano',
  hops: [
    {
      at: '2026-11-22T23:59:58.000Z',
      id: incoming,
      seq: 2,
      what: 'accepted',
      detail: 'from kitchen',
    },
    {
      at: '2026-11-22T23:59:58.017Z',
      id: incoming,
      seq: 2,
      what: 'claimed',
      turnId: 't1',
      detail: null,
    },
    { at: '2026-11-22T23:59:59.900Z', id: answer, seq: 3, what: 'written', detail: null },
    { at: '2026-11-22T23:59:59.880Z', id: answer, seq: 3, what: 'taken', detail: null },
    {
      at: '2026-11-22T23:59:59.881Z',
      id: answer,
      seq: 3,
      what: 'delivery',
      status: 'sending',
      detail: null,
    },
    {
      at: '2026-11-23T00:00:00.381Z',
      id: answer,
      seq: 3,
      what: 'delivery',
      status: 'delivered',
      platformMessageId: '17.4',
      detail: 'to kitchen',
    },
    {
      at: '2026-11-23T00:00:00.400Z',
      id: incoming,
      seq: 2,
      what: 'ended',
      status: 'completed',
      detail: null,
    },
  ],
}

describe('the way of a message', () => {
  it('is every hop with its time and the milliseconds since the one before', () => {
    expect(traceLines(trace, undefined)).toEqual([
      'nano, session sess-1',
      '  number 2: in-019a0b1c-0001 (asked for)',
      '  number 3: out-019a0b1c-0002',
      'TIME (UTC)                  AFTER  NO  WHAT       DETAIL',
      '2026-11-22 23:59:58.000             2  accepted   from kitchen',
      '           23:59:58.017    +17 ms   2  claimed    turn t1',
      '           23:59:59.900  +1883 ms   3  written',
      '           23:59:59.880    -20 ms   3  taken',
      '           23:59:59.881     +1 ms   3  sending',
      '2026-11-23 00:00:00.381   +500 ms   3  delivered  platform id 17.4; to kitchen',
      '           00:00:00.400    +19 ms   2  completed',
    ])
  })

  it('has what is known of a hop on a second line where the screen is narrow', () => {
    const lines = traceLines(trace, 60)
    expect(lines).toContain('           23:59:58.017    +17 ms   2  claimed')
    expect(lines).toContain('    turn t1')
    expect(lines.filter((line) => line.trim() === '')).toEqual([])
  })

  it('shows nothing that a container or a platform could play with a terminal', () => {
    const hops = trace.hops.map((hop) => ({ ...hop, detail: '\u001b[2Jx', turnId: '\u001b[31mt' }))
    expect(traceLines({ ...trace, hops }, 80).join('\n')).not.toContain('\u001b')
  })
})
