import type { Appended, NewInbound } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { expect, it } from 'vitest'
import { AppendQueue } from '../../src/session/append-queue.ts'

const row = (text: string): NewInbound => ({
  kind: 'chat',
  origin: null,
  content: { text, sender: 'Ann', senderId: 'ann' },
})

/** What each transaction was given, which it takes in a later turn; it refuses what says `bad`. */
function ledger(refusal: Error) {
  const commits: unknown[][] = []
  const append = async (rows: readonly NewInbound[]): Promise<readonly Appended[]> => {
    const texts = rows.map(({ content }) => Reflect.get(Object(content), 'text') as string)
    commits.push(texts)
    await new Promise((resolve) => setImmediate(resolve))
    if (texts.includes('bad')) throw refusal
    return texts.map((id, seq) => ({ outcome: 'accepted', id, seq }))
  }
  const queue = new AppendQueue(append)
  const idsOf = async (...texts: string[]) => {
    const appended = await queue.append(texts.map(row))
    return appended.map(({ id }) => id)
  }
  return { commits, idsOf }
}

it('what is handed over while another is written is written in one go, and each gets its own', async () => {
  const { commits, idsOf } = ledger(new Error('no'))
  const ids = await Promise.all([idsOf('a'), idsOf('b'), idsOf('c', 'd'), idsOf('e')])
  expect(ids).toEqual([['a'], ['b'], ['c', 'd'], ['e']])
  expect(commits).toEqual([['a'], ['b', 'c', 'd', 'e']])
  expect(await idsOf('f')).toEqual(['f'])
})

it('a row that cannot be written is the fault of its caller alone', async () => {
  const { idsOf } = ledger(new NanoclawError('bad-content', 'no'))
  const all = await Promise.allSettled([idsOf('a'), idsOf('b'), idsOf('bad'), idsOf('c')])
  expect(all.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  ])
})

it('where nobody knows what was written, nobody is told that it was', async () => {
  const { commits, idsOf } = ledger(new NanoclawError('io', 'the disk is gone'))
  const all = await Promise.allSettled([idsOf('a'), idsOf('b'), idsOf('bad')])
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(commits).toHaveLength(2)
})
