import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'
import { echoes, temporaryHome, type TestHome } from './support/daemon.ts'
import { sessionCount, sessionRows } from './support/home-files.ts'

const sandboxed = { env: { NANOCLAW_DRIVER: 'bwrap' } }
const count = 1_000

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

describe.skipIf(!bwrapWorks)(`a conversation in bubblewrap${unlessBwrapWorks}`, () => {
  it('of 1,000 lines has every answer once and in order, and leaves whole files', async () => {
    const lines = Array.from({ length: count }, (_, index) => `line ${index}`)
    const input = lines.map((line) => `${line}\n`).join('')
    const { code, stdout } = await home.run(['start'], input, sandboxed)
    expect(stdout).toBe(echoes(lines))
    expect(code).toBe(0)

    const inbound = sessionRows(
      home.home,
      'inbound',
      'SELECT status, seq % 2 AS odd, count(*) AS n FROM messages_in GROUP BY status, odd',
    )
    expect(inbound).toEqual([{ status: 'completed', odd: 0, n: count }])
    const outbound = sessionRows(
      home.home,
      'outbound',
      'SELECT seq % 2 AS odd, count(*) AS n, count(DISTINCT in_reply_to) AS answered FROM messages_out GROUP BY odd',
    )
    expect(outbound).toEqual([{ odd: 1, n: count, answered: count }])
    const delivered = sessionRows(
      home.home,
      'inbound',
      'SELECT status, count(*) AS n, max(ambiguous_count) AS ambiguous FROM delivered GROUP BY status',
    )
    expect(delivered).toEqual([{ status: 'delivered', n: count, ambiguous: 0 }])

    const sent = sessionRows(home.home, 'outbound', 'SELECT id FROM messages_out ORDER BY seq')
    const shown = sessionRows(
      home.home,
      'inbound',
      'SELECT message_out_id AS id FROM delivered ORDER BY seq',
    )
    expect(shown).toEqual(sent)
  }, 120_000)

  it('typed line by line, each after the answer to the one before, goes on in one container', async () => {
    const run = home.start(['start'], sandboxed)
    for (let n = 0; n < 20; n += 1) {
      run.write(`line ${n}\n`)
      await run.until((stdout) => stdout.endsWith(`line ${n}\n`))
    }
    run.endInput()
    const { code, stdout } = await run.ended
    expect(stdout).toBe(echoes(Array.from({ length: 20 }, (_, index) => `line ${index}`)))
    expect(code).toBe(0)
    const epochs = 'SELECT max(epoch) FROM container_state'
    expect(sessionCount(home.home, 'outbound', epochs)).toBe(1)
  })
})
