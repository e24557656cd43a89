import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestHost, temporaryHome, type TestHost } from './support/test-host.ts'

let home: Awaited<ReturnType<typeof temporaryHome>>
let running: TestHost | undefined

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(async () => {
  await running?.stop()
  running = undefined
  await home.remove()
})

describe('a conversation', () => {
  it('brings an answer back to where the message came from', async () => {
    running = await startTestHost({ home: home.home })
    await running.memory.receive({ chatId: 'room', text: 'hello' })
    const answer = await running.memory.waitForDelivery(1)
    expect(answer).toMatchObject({
      text: 'echo: hello',
      origin: { chatId: 'room' },
      author: { name: 'Ada' },
    })
    await running.host.whenQuiet(running.chat.id)
  })
})
