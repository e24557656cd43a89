import { tmpdir } from 'node:os'
import { playReaderAttack } from '../../test/support/reader-attack.ts'
import { percentile, rounded, type Benchmark } from '../lib/result.ts'

const name = 'reader/attack'
const goalMs = 50

/** How the attacker's reads ended, over all attacks. */
function sumOf(attacks: Readonly<Record<string, Readonly<Record<string, number>>>>) {
  const sum: Record<string, number> = {}
  for (const outcomes of Object.values(attacks)) {
    for (const [outcome, count] of Object.entries(outcomes)) {
      sum[outcome] = (sum[outcome] ?? 0) + count
    }
  }
  return sum
}

/** Others are read at their pace while one session attacks. */
export const readerAttack: Benchmark = {
  names: [name],
  what: '20 sessions exchange messages (a commit of the runner until the reader has given the row) while another attacks its reader: reads that overrun their deadline, SIGBUS, a FIFO swapped in, a view that never ends; floor: nobody attacks',
  limit: 60,
  run: async ({ short, report }) => {
    report('four attacks')
    const { exchanges, calm, attacks } = await playReaderAttack({
      parent: tmpdir(),
      attackMs: short ? 1_300 : 4_000,
    })
    const p99 = percentile(exchanges, 99)
    return [
      {
        name,
        unit: 'ms',
        p50: rounded(percentile(exchanges, 50)),
        p99: rounded(p99),
        floor: rounded(percentile(calm, 50)),
        floorP99: rounded(percentile(calm, 99)),
        goal: `p99 ≤ ${goalMs} ms`,
        met: p99 <= goalMs,
        counts: { exchanges: exchanges.length, ...sumOf(attacks) },
      },
    ]
  },
}
