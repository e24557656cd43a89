import { afterEach, describe, expect, test } from 'vitest'
import { createScriptedProvider } from '../../src/providers/scripted.ts'
import { startLocalRunner, type LocalRunner } from '../support/runner-in-process.ts'
import { createSessionFolder, type SessionFolder } from '../support/session-folder.ts'

const mostRows = 8
/** A row that was claimed five times is given up: fewer kills, and every row must be answered. */
const mostKills = 4

let session: SessionFolder
let running: LocalRunner | undefined

afterEach(async () => {
  await running?.crash()
  session.remove()
})

/** 0 to 1, the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A conversation whose runner is killed at some of its commits. */
function conversation(random: () => number) {
  const ids: string[] = []
  let kills = 0
  let ring = (): void => undefined
  const append = (): void => {
    const n = ids.length
    const call = `!call send_message {"to":"terminal","text":"tool ${n}"}`
    const pause = random() < 0.5 ? '!sleep 1\n' : ''
    ids.push(session.append({ text: `${call}\n${pause}row ${n}` }).id)
  }
  return {
    ids,
    append,
    ringsAt: (runner: () => void) => (ring = runner),
    /** At every commit something may come in, and the runner may die. */
    diesAt: () => {
      if (ids.length < mostRows && random() < 0.4) {
        append()
        setImmediate(() => ring())
      }
      if (kills === mostKills || random() > 0.15) return undefined
      kills += 1
      return random() < 0.5 ? ('before' as const) : ('after' as const)
    },
    /** As the host does: what a dead runner held has one try more, what has ended is over. */
    takeOver: () => {
      for (const [id, status] of session.out().acks) {
        if (status !== 'processing') session.setRow(id, { status })
        else session.setRow(id, { tries: triesOf(id) + 1 })
      }
    },
  }
}

function triesOf(id: string): number {
  const sql = 'SELECT tries FROM messages_in WHERE id = ?'
  return Number(session.inbound.sqlite.prepare(sql).pluck().get(id))
}

async function live(seed: number): Promise<SessionFolder> {
  session = createSessionFolder()
  const talk = conversation(seeded(seed))
  talk.append()
  talk.append()
  const provider = createScriptedProvider({ crash: () => undefined })
  const isOver = (): boolean => {
    const { acks } = session.out()
    if (!talk.ids.every((id) => acks.get(id) === 'completed')) return false
    if (talk.ids.length === mostRows) return true
    talk.append()
    return false
  }
  for (let epoch = 1; epoch <= mostKills + 1; epoch += 1) {
    const local = await startLocalRunner(session, provider, { epoch, diesAt: talk.diesAt })
    running = local
    talk.ringsAt(() => local.runner.ring())
    let dead = false
    local.code.catch(() => (dead = true))
    await local.until(() => {
      local.runner.ring()
      return dead || isOver()
    })
    if (!dead) return session
    talk.takeOver()
  }
  throw new Error('expected the last runner to live')
}

describe('a runner that is killed at any commit', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'loses no row and doubles no send, those of follow-ups included [L6] [L7] [L8] (seed %i)',
    async (seed) => {
      const { texts } = await live(seed)
      const said = texts()
      for (let n = 0; n < mostRows; n += 1) {
        expect(said.filter((text) => text === `tool ${n}`)).toHaveLength(1)
        expect(said.filter((text) => text.endsWith(`echo: row ${n}`))).toHaveLength(1)
      }
    },
  )
})
