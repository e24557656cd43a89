import { expect, test } from 'vitest'
import { createEventQueue } from '../../src/index.ts'

test('what was put is read in order, also after the end; what comes after the end is not', async () => {
  const { events, put, end } = createEventQueue<number>()
  put(1)
  put(2)
  end()
  put(3)
  const read: number[] = []
  for await (const event of events) read.push(event)
  expect(read).toEqual([1, 2])
})

test('what is handed over waits until the reader asks for more, and no longer than for the end', async () => {
  const { events, hand, end } = createEventQueue<string>()
  const order: string[] = []
  const handing = ['a', 'b', 'c'].map(async (event) => {
    await hand(event)
    order.push(`${event} done`)
  })
  for await (const event of events) {
    order.push(event)
    if (event === 'b') end()
  }
  await Promise.all(handing)
  await hand('late')
  expect(order.slice(0, 3)).toEqual(['a', 'a done', 'b'])
  expect(order.toSorted()).toEqual(['a', 'a done', 'b', 'b done', 'c', 'c done'])
})

test('a reader that leaves ends it: nobody who hands something over waits for ever', async () => {
  const { events, hand } = createEventQueue<string>()
  const handing = Promise.all([hand('a'), hand('b')])
  for await (const event of events) if (event === 'a') break
  await handing
  await hand('c')
})
