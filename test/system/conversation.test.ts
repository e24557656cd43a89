import { expect, it } from 'vitest'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()

it('an answer comes back to where the message came from', async () => {
  const { memory, host, chat } = await start()
  await memory.receive({ chatId: 'room', text: 'hello' })
  const answer = await memory.waitForDelivery(1)
  expect(answer).toMatchObject({
    text: 'echo: hello',
    origin: { chatId: 'room' },
    author: { name: 'Ada' },
  })
  await host.whenQuiet(chat.id)
})
