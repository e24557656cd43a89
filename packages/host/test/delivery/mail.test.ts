import { RetryableDeliveryError } from '@nanoclaw/adapters'
import { NanoclawError } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import type { Letter, Posted } from '../../src/mail/letter.ts'
import { said, workbench } from './workbench.ts'

const toBob = { channelType: 'agent', channelInstance: '', platformId: 'ag-bob' }
const mail = (seq: number, values: object = {}) => said(seq, { ...toBob, ...values })

/** What becomes of each letter in turn; all others arrive. */
function post(...outcomes: (() => Promise<Posted>)[]) {
  const letters: Letter[] = []
  return {
    letters,
    post: async (letter: Letter): Promise<Posted> => {
      letters.push(letter)
      return (await outcomes.shift()?.()) ?? { outcome: 'delivered' }
    },
  }
}

test('mail is posted, not sent by an adapter, and delivered once it has been', async () => {
  const { mailbox, process } = await workbench()
  const office = post()
  const { take, until, deliveries } = await process({ mail: office })
  await take(mail(1, { inReplyTo: 'in-00000001' }))
  await until(() => deliveries.isQuiet)
  expect(office.letters).toEqual([
    { id: 'out-00000001', to: 'ag-bob', inReplyTo: 'in-00000001', text: 'text 1' },
  ])
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'delivered', attempts: 0 })
})

test('a letter that cannot be carried bounces with the reason, to the agent and the operator', async () => {
  const { mailbox, process, troubles } = await workbench()
  const reason = 'too many hops'
  const office = post(async () => ({ outcome: 'refused', reason }))
  const { take, until, deliveries } = await process({ mail: office })
  await take(mail(1))
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'refused', error: reason })
  const [notice] = await mailbox.pending(10)
  expect(notice).toMatchObject({ kind: 'system', trigger: false })
  expect(troubles).toMatchObject([{ kind: 'delivery-refused' }])
})

test('a trouble on the way is tried again, and given up with notice after the last try', async () => {
  const { mailbox, process, troubles } = await workbench()
  const fails = () => Promise.reject(new Error('disk full'))
  const settings = { maxAttempts: 3 }
  const office = post(fails, fails)
  const { take, until, deliveries } = await process({ mail: office, settings })
  await take(mail(1))
  await until(() => deliveries.isQuiet)
  expect(office.letters).toHaveLength(3)
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'delivered', attempts: 2 })

  const broken = await process({ mail: post(fails, fails, fails), settings })
  await broken.take(mail(3))
  await broken.until(() => broken.deliveries.isQuiet)
  expect(await mailbox.delivery('out-00000003')).toMatchObject({ status: 'failed' })
  expect(troubles.at(-1)?.message).toContain('3 tries: disk full')
})

test('more than is carried in a minute is refused before it is tried [W7]', async () => {
  const { mailbox, process } = await workbench()
  let left = 2
  const admit = () => ((left -= 1) < 0 ? 'too many' : undefined)
  const office = post()
  const { take, until, deliveries } = await process({ mail: { ...office, admit } })
  const notices = await take(mail(1), mail(3), mail(5), mail(7))
  await until(() => deliveries.isQuiet)
  expect(office.letters.map(({ text }) => text)).toEqual(['text 1', 'text 3'])
  expect(notices).toHaveLength(2)
  expect(await mailbox.delivery('out-00000005')).toMatchObject({ status: 'refused' })
})

test('what a dead process left in the middle is posted again under the same id, and judged again', async () => {
  const { mailbox, process, troubles } = await workbench()
  const dying = await process({
    mail: post(() => Promise.reject(new NanoclawError('closed', 'over'))),
  })
  await dying.take(mail(1), mail(3))
  await dying.until(() => !dying.deliveries.isQuiet)
  await dying.stop()
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'sending' })

  const office = post()
  const next = await process({ mail: office })
  await next.until(() => next.deliveries.isQuiet)
  expect(office.letters.map(({ id }) => id)).toEqual(['out-00000001', 'out-00000003'])
  expect(troubles).toEqual([])
})

test('what was left in the middle and is not allowed any more is not posted, nor said not to have arrived', async () => {
  const { mailbox, process } = await workbench()
  const dying = await process({
    mail: post(() => Promise.reject(new NanoclawError('closed', 'over'))),
  })
  await dying.take(mail(1))
  await dying.stop()
  const office = post()
  const authorize = async () => ({ allowed: false, reason: 'revoked' }) as const
  const next = await process({ mail: office, authorize })
  await next.until(() => next.deliveries.isQuiet)
  expect(office.letters).toEqual([])
  const error = 'revoked; an earlier try may have arrived'
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'failed', error })
})

test('a mailbox that is in trouble keeps the order of what is sent to one agent', async () => {
  const { process } = await workbench()
  const office = post(() => Promise.reject(new RetryableDeliveryError('busy')))
  const { take, until, deliveries } = await process({ mail: office })
  await take(mail(1), mail(3))
  await until(() => deliveries.isQuiet)
  expect(office.letters.map(({ text }) => text)).toEqual(['text 1', 'text 1', 'text 3'])
})

test.each([
  ['an edit', 'edit', { operation: 'edit', messageId: 1, text: 'x' }],
  ['a reaction', 'reaction', { operation: 'reaction', messageId: 1, emoji: '👍' }],
  ['a file', 'file', { text: 'x', files: ['a.txt'] }],
])(
  '%s is authorised as what it is, and then cannot be done yet',
  async (_what, operation, content) => {
    const { mailbox, process } = await workbench()
    const asked: string[] = []
    const authorize = async (_place: unknown, wanted: string) => {
      asked.push(wanted)
      return asked.length === 1
        ? ({ allowed: false, reason: 'not there' } as const)
        : ({ allowed: true } as const)
    }
    const { take } = await process({ authorize })
    await take(said(1, { content: JSON.stringify(content) }))
    await take(said(3, { content: JSON.stringify(content) }))
    expect(asked).toEqual([operation, operation])
    expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'refused' })
    expect(await mailbox.delivery('out-00000003')).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('cannot'),
    })
  },
)
