import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'
import { attachClient } from './support/control-client.ts'
import { echoes, eventually, temporaryHome, type TestHome } from './support/daemon.ts'
import { sessionRows } from './support/home-files.ts'
import { killTree, runnerOf } from './support/processes.ts'

const drivers = [
  { driver: 'bwrap', works: bwrapWorks, skipped: unlessBwrapWorks },
  { driver: 'process', works: true, skipped: '' },
]

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

/** Answer rows of the runner, by the row they answer; more than one of a row is a fault. */
function doubleAnswers(): readonly unknown[] {
  return sessionRows(
    home.home,
    'outbound',
    `SELECT in_reply_to, count(*) AS n FROM messages_out
       WHERE in_reply_to IS NOT NULL GROUP BY in_reply_to HAVING n > 1`,
  )
}

/** Inbound rows that have not ended well. */
function unanswered(): readonly unknown[] {
  return sessionRows(
    home.home,
    'inbound',
    `SELECT seq, status FROM messages_in WHERE kind = 'chat' AND status <> 'completed'`,
  )
}

/** Texts of answers that may have been shown twice. */
function ambiguousTexts(): Set<string> {
  const rows = sessionRows(
    home.home,
    'inbound',
    'SELECT content FROM delivered WHERE ambiguous_count > 0',
  )
  return new Set(rows.map(({ content }) => textOf(content)))
}

function textOf(content: unknown): string {
  const { text } = JSON.parse(String(content)) as { text: string }
  return text
}

/** Whether the file holds something: it is there a moment before that. */
async function isWritten(path: string): Promise<true | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text === '' ? undefined : true
}

function killedUnder(driver: string): void {
  const options = { env: { NANOCLAW_DRIVER: driver } }

  it('[L6] [L8] of the runner in mid-turn: every line is answered once, the turn runs again', async () => {
    const mark = join(home.home, 'agents', 'nano', 'mark')
    const run = home.start(['start'], options)
    run.write('one\n!effect mark\n!sleep 1000\ntwo\n')
    await eventually('the turn has begun', () => isWritten(mark))
    run.write('three\n')
    const runner = await eventually('the runner is there', () => runnerOf(run.pid))
    process.kill(runner.pid, 'SIGKILL')
    run.endInput()
    const { code, stdout } = await run.ended
    expect(code).toBe(0)
    const done = 'nano> done\n'
    expect(stdout).toBe(`${echoes(['one'])}${done}${done}${echoes(['two', 'three'])}`)
    expect(doubleAnswers()).toEqual([])
    expect(unanswered()).toEqual([])
    // It did run again: an effect outside is repeated, an answer is not.
    const effects = (await readFile(mark, 'utf8')).trim().split('\n')
    expect(effects.length).toBeGreaterThan(1)
    expect(new Set(effects).size).toBe(1)
  })

  it('[L3] [L5] [L8] of the daemon and all its children at any moment: nothing accepted is lost', async () => {
    const taken: string[] = []
    const shown: string[] = []
    for (let round = 0; round < 6; round += 1) {
      const daemon = home.start(['start', '--headless'], options)
      const client = await attachClient(home.home)
      for (let n = 0; n < 40; n += 1) client.say(`round ${round} line ${n}`)
      // Half of them while lines come in, half while answers go out.
      const said = round % 2 === 0 ? client.taken : client.shown
      await eventually('it goes on', () => said.some((text) => text.includes(`round ${round} `)))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * round))
      await killTree(daemon.pid)
      await Promise.all([daemon.ended, client.closed])
      taken.push(...client.taken)
      shown.push(...client.shown)
    }
    const { code, stdout } = await home.run(['start'], '', options)
    expect(code).toBe(0)
    shown.push(
      ...stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/^nano> /, '')),
    )

    const rows = sessionRows(
      home.home,
      'inbound',
      "SELECT content FROM messages_in WHERE kind = 'chat'",
    )
    const accepted = rows.map(({ content }) => textOf(content))
    expect(accepted).toEqual(expect.arrayContaining(taken))
    expect(new Set(accepted).size).toBe(accepted.length)
    expect(accepted.length).toBeGreaterThan(0)
    expect(doubleAnswers()).toEqual([])
    expect(unanswered()).toEqual([])
    const times = new Map<string, number>()
    for (const text of shown) times.set(text, (times.get(text) ?? 0) + 1)
    expect(accepted.filter((line) => !times.has(`echo: ${line}`))).toEqual([])
    const twice = [...times].filter(([, n]) => n > 1).map(([text]) => text)
    const ambiguous = ambiguousTexts()
    expect(twice.filter((text) => !ambiguous.has(text))).toEqual([])
  }, 90_000)
}

for (const { driver, works, skipped } of drivers) {
  describe.skipIf(!works)(`kill -9 under the driver ${driver}${skipped}`, () => killedUnder(driver))
}
