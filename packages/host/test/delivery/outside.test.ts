import type { Delivery } from '@nanoclaw/core'
import { expect, test } from 'vitest'
import { platform, said, workbench } from './workbench.ts'

const outside = async () => ({ allowed: false, reason: 'for members', mayAsk: true }) as const

/** People who have let through what is listed. */
function people() {
  const through = new Set<string>()
  const asked: string[] = []
  return {
    through,
    asked,
    mayPass: async ({ id }: Delivery, { text }: { text: string }, reason: string) => {
      if (through.has(id)) return undefined
      asked.push(text)
      return `${reason}; a person is asked`
    },
  }
}

test('what a person may let through is refused until they have, then it goes as it was', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked: sent } = platform({})
  const { through, asked, mayPass } = people()
  const options = { adapters: [adapter], authorize: outside, mayPass }
  const { take, until, deliveries } = await process(options)
  await take(said(1), said(3))
  await until(() => deliveries.isQuiet)
  expect(asked).toEqual(['text 1', 'text 3'])
  expect(await mailbox.delivery('out-00000001')).toMatchObject({
    status: 'refused',
    error: 'for members; a person is asked',
  })
  expect(sent).toEqual([])

  through.add('out-00000003')
  // Twice, as after a crash.
  await deliveries.letThrough('out-00000003')
  await deliveries.letThrough('out-00000003')
  await until(() => deliveries.isQuiet)
  await deliveries.letThrough('out-00000003')
  await until(() => deliveries.isQuiet)
  expect(sent.map(({ text }) => text)).toEqual(['text 3'])
  // What nobody has let through stays, whoever queues it again.
  await deliveries.requeue('out-00000001')
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'refused' })
  expect(sent).toHaveLength(1)
})

test('nobody is asked about what cannot be done anyway, or where there is no grant', async () => {
  const { process } = await workbench()
  const { asked, mayPass } = people()
  const unable = said(1, { content: JSON.stringify({ text: 'x', files: ['a.txt'] }) })
  await (await process({ authorize: outside, mayPass })).take(unable)
  const authorize = async () => ({ allowed: false, reason: 'revoked', mayAsk: false }) as const
  const { take, until, deliveries } = await process({ authorize, mayPass })
  await take(said(3))
  await until(() => deliveries.isQuiet)
  expect(asked).toEqual([])
})
