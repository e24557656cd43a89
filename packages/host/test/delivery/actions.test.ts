import { NanoclawError } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import type { ActionOutcome, AgentAction } from '../../src/actions/action.ts'
import { said, workbench } from './workbench.ts'

const asks = (seq: number, content: object = { action: 'create_agent', name: 'Bob' }) =>
  said(seq, {
    kind: 'system',
    content: JSON.stringify(content),
    channelType: null,
    platformId: null,
    inReplyTo: 'in-00000001',
  })

function host(...outcomes: (() => Promise<ActionOutcome>)[]) {
  const actions: AgentAction[] = []
  return {
    actions,
    carryOut: async (action: AgentAction): Promise<ActionOutcome> => {
      actions.push(action)
      return (await outcomes.shift()?.()) ?? { outcome: 'done', result: `did ${action.id}` }
    },
  }
}

async function resultsIn(mailbox: Awaited<ReturnType<typeof workbench>>['mailbox']) {
  const rows = await mailbox.pending(50)
  return rows.filter(({ kind }) => kind === 'system')
}

test('an action is carried out once, in order, and the agent is given what became of it', async () => {
  const { mailbox, process } = await workbench()
  const done = host()
  const { take, until, deliveries } = await process({ actions: done })
  await take(asks(1), asks(3))
  await until(() => deliveries.isQuiet)
  expect(done.actions).toMatchObject([
    { id: 'out-00000001', content: { name: 'Bob' }, inReplyTo: 'in-00000001' },
    { id: 'out-00000003' },
  ])
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'delivered' })
  // It wakes the agent, unless a tool has taken it.
  expect(await resultsIn(mailbox)).toMatchObject([{ trigger: true }, { trigger: true }])
})

test('what is refused is told to the agent as the result, and to the operator [X6]', async () => {
  const { mailbox, process, troubles } = await workbench()
  const refusing = host(async () => ({ outcome: 'refused', reason: 'no admin agent' }))
  const { take, until, deliveries } = await process({ actions: refusing })
  await take(asks(1))
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery('out-00000001')).toMatchObject({
    status: 'refused',
    error: 'no admin agent',
  })
  expect(await resultsIn(mailbox)).toHaveLength(1)
  expect(troubles).toMatchObject([
    { kind: 'action-refused', message: 'the action create_agent was refused: no admin agent' },
  ])
})

test('an action is never sent anywhere, whatever place its row names [X6]', async () => {
  const { mailbox, process } = await workbench()
  const done = host()
  const { take, until, deliveries } = await process({ actions: done })
  await take({ ...asks(1), channelType: 'test', platformId: 'room', threadId: 't' })
  await until(() => deliveries.isQuiet)
  expect(done.actions).toHaveLength(1)
  expect(await mailbox.delivery('out-00000001')).toMatchObject({
    channelType: 'host',
    platformId: 'actions',
    threadId: null,
  })
})

test('a message to the place where actions stand is refused like any other without a grant [X6]', async () => {
  const { mailbox, process } = await workbench()
  const authorize = async () => ({ allowed: false, reason: 'no such chat' }) as const
  const done = host()
  const { take } = await process({ actions: done, authorize })
  const place = { channelType: 'host', channelInstance: '', platformId: 'actions' }
  await take(said(1, place))
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'refused' })
  expect(done.actions).toEqual([])
})

test('an action nobody knows is a failure that is told, not dropped', async () => {
  const { mailbox, process } = await workbench()
  const done = host()
  const { take } = await process({ actions: done })
  await take(asks(1, { action: 'format_disk' }))
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'failed' })
  expect(done.actions).toEqual([])
})

test('what a dead process had begun is asked for again under the same id', async () => {
  const { mailbox, process } = await workbench()
  const dying = await process({
    actions: host(() => Promise.reject(new NanoclawError('closed', 'over'))),
  })
  await dying.take(asks(1))
  await dying.until(() => !dying.deliveries.isQuiet)
  await dying.stop()
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'sending' })
  const done = host()
  const next = await process({ actions: done })
  await next.until(() => next.deliveries.isQuiet)
  expect(done.actions).toMatchObject([{ id: 'out-00000001' }])
  expect(await resultsIn(mailbox)).toHaveLength(1)
})

test('a trouble is tried again, and given up with a result after the last try', async () => {
  const { mailbox, process, troubles } = await workbench()
  const fails = () => Promise.reject(new Error('disk full'))
  const failing = host(fails, fails)
  const options = { actions: failing, settings: { maxAttempts: 2 } }
  const { take, until, deliveries } = await process(options)
  await take(asks(1))
  await until(() => deliveries.isQuiet)
  expect(failing.actions).toHaveLength(2)
  expect(await mailbox.delivery('out-00000001')).toMatchObject({ status: 'failed' })
  expect(await resultsIn(mailbox)).toHaveLength(1)
  expect(troubles).toMatchObject([{ kind: 'action-failed' }])
})
