import { expect, onTestFinished, test } from 'vitest'
import { createCore } from '../../src/index.ts'
import { freshCore } from '../home.ts'

test.each([0, 1])(
  'a core knows what another of its process has written, with %d threads',
  async (databaseThreads) => {
    const { home } = (await freshCore()).layout
    const writes = await createCore({ home, databaseThreads })
    const reads = await createCore({ home, databaseThreads })
    onTestFinished(async () => {
      await writes.close()
      await reads.close()
    })
    const place = { channelType: 'test', channelInstance: '', platformId: 'room' }
    const before = reads.chats.find(place)
    const chat = await writes.chats.create({ ...place, name: 'room' })
    expect(await reads.chats.find(place)).toMatchObject({ id: chat.id })
    await before
  },
)
