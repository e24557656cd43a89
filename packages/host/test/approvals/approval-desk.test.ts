import type { MemoryAdapter } from '@nanoclaw/adapters/memory'
import { RetryableDeliveryError, TerminalDeliveryError } from '@nanoclaw/adapters'
import type { Approval } from '@nanoclaw/core'
import { expect, test } from 'vitest'
import { ask, home, openDesk, until, untilTrue, somebody } from './asking.ts'

const day = 86_400_000

const press = (memory: MemoryAdapter, who: string, { id, digest }: Approval, chatId = who) =>
  memory.receive({
    ...{ type: 'button', chatId, sender: { id: who, name: who, isBot: false, isSelf: false } },
    ...{ chatKind: chatId === 'family' ? 'group' : 'direct', questionId: id },
    value: `approve:${digest}`,
  })

const write = (memory: MemoryAdapter, who: string, text: string, chatId = who) =>
  memory.receive({
    ...{ chatId, text, sender: { id: who, name: who, isBot: false, isSelf: false } },
    chatKind: chatId === 'family' ? 'group' : 'direct',
  })

const in_ = (memory: MemoryAdapter, chatId: string) =>
  memory.delivered.filter(({ origin }) => origin.chatId === chatId).map(({ text }) => text)

test('who decides gets a card, presses, it is done, the card and the agent say so [X8]', async () => {
  const { core, agent, session } = await home()
  const { memory, applied, told } = await openDesk(core)
  const given = { agentGroupId: agent.id, sessionId: session.id, onUserId: 'memory:mia' }
  const approval = await ask(core, given)
  const card = await memory.waitForDelivery(1)
  expect(card).toMatchObject({
    origin: { chatId: 'ada' },
    part: { type: 'question', questionId: approval.id },
    author: { id: 'nanoclaw' },
  })
  expect(card.text).toContain(`On a message of: mia (memory:mia)`)
  expect(card.text).toContain('"name": "Kim"')
  expect(await press(memory, 'ada', approval)).toEqual({ outcome: 'accepted' })
  await until(core, approval.id, ({ toldAt }) => toldAt !== null)
  expect(applied).toMatchObject([{ id: approval.id, status: 'approved' }])
  expect(told).toMatchObject([
    {
      kind: 'system',
      content: { type: 'approval_result', outcome: 'approved', decidedBy: 'ada' },
      dedupeKey: JSON.stringify(['approval', approval.id]),
    },
  ])
  const edit = await memory.waitForDelivery(({ part }) => part.type === 'edit')
  expect(edit).toMatchObject({ platformMessageId: card.platformMessageId })
  expect(edit.text).toContain('Approved and done by ada')
  expect(edit.text).toContain('"name": "Kim"')
  expect(await core.approvalCards.of(approval.id)).toMatchObject([{ status: 'closed' }])
})

test('where there are no buttons and edits, a code is typed in the direct chat [X8]', async () => {
  const { core } = await home()
  const capabilities = { buttons: false, edits: false, markdown: 'none' } as const
  const { memory } = await openDesk(core, { adapter: { capabilities } })
  const { id, code } = await ask(core)
  expect((await memory.waitForDelivery(1)).text).toContain(`/approve ${code} or /reject ${code}`)
  await write(memory, 'ada', `/reject ${code}`, 'family')
  await untilTrue(() => in_(memory, 'family').length === 1)
  expect(in_(memory, 'family')[0]).toContain('in your direct chat with the bot')
  expect(await core.approvals.get(id)).toMatchObject({ status: 'pending' })
  await write(memory, 'ada', `/REJECT@bot ${code.toUpperCase()}`)
  await until(core, id, ({ toldAt }) => toldAt !== null)
  await untilTrue(() => in_(memory, 'ada').length === 2)
  expect(in_(memory, 'ada')[1]).toContain('Rejected by ada')
  await write(memory, 'ada', `/approve ${code}`)
  await untilTrue(() => in_(memory, 'ada').length === 3)
  expect(in_(memory, 'ada')[2]).toContain('no request that waits has this code')
  expect(await core.approvals.get(id)).toMatchObject({ status: 'rejected' })
})

test('an owner without a card decides by the code, and is answered', async () => {
  const { core } = await home()
  const { memory } = await openDesk(core)
  const { id, code } = await ask(core)
  await write(memory, 'owen', `/approve ${code}`)
  await until(core, id, ({ status }) => status === 'applied')
  await untilTrue(() => in_(memory, 'owen').length === 1)
  expect(in_(memory, 'owen')).toEqual(['Approved: Max wants to make an agent'])
})

test('bystanders, forgers and latecomers are answered, and change nothing [X8]', async () => {
  const { core, clock } = await home()
  await somebody(core, 'zoe', 'member')
  const { memory, applied } = await openDesk(core)
  const approval = await ask(core, { onUserId: 'memory:ada' })
  expect((await memory.waitForDelivery(1)).origin.chatId, 'not the one who asked').toBe('owen')
  await press(memory, 'mia', approval)
  await press(memory, 'nobody', approval)
  await press(memory, 'ada', approval)
  await press(memory, 'owen', approval, 'family')
  await press(memory, 'owen', { ...approval, digest: '0'.repeat(64) })
  await press(memory, 'owen', { ...approval, digest: 'x' })
  await press(memory, 'owen', { ...approval, id: 'appr-00000000' })
  await untilTrue(() => memory.delivered.length === 8)
  const answers = ['mia', 'nobody', 'ada', 'family', 'owen'].map((who) =>
    in_(memory, who).slice(-3),
  )
  expect(answers.flat().slice(0, 4)).toEqual([
    expect.stringContaining('only an admin'),
    expect.stringContaining('only an admin'),
    expect.stringContaining('a message of yours has led to this'),
    expect.stringContaining('direct chat'),
  ])
  expect(await core.approvals.get(approval.id)).toEqual(approval)
  clock.advance(day)
  await press(memory, 'owen', approval)
  await untilTrue(() => in_(memory, 'owen').some((text) => text.includes('its time was over')))
  expect(applied).toEqual([])
  const edit = await memory.waitForDelivery(({ part }) => part.type === 'edit')
  expect(edit.text).toContain('Expired')
})

test('what a bot presses is nobody’s word [X8]', async () => {
  const { core } = await home()
  const { memory } = await openDesk(core)
  const { id, digest } = await ask(core)
  await memory.receive({
    ...{ type: 'button', chatId: 'owen', questionId: id, value: `approve:${digest}` },
    sender: { id: 'owen', name: 'owen', isBot: true, isSelf: false },
  })
  expect(await core.approvals.get(id)).toMatchObject({ status: 'pending' })
})

test('it expires by itself, and the agent and the card say so', async () => {
  const { core, clock, session } = await home()
  const { memory, told } = await openDesk(core)
  const { id } = await ask(core, { sessionId: session.id })
  await memory.waitForDelivery(1)
  clock.advance(day)
  await until(core, id, ({ toldAt }) => toldAt !== null)
  expect(told).toMatchObject([{ content: { outcome: 'expired' } }])
  await memory.waitForDelivery(({ part }) => part.type === 'edit')
})

test('who cannot be reached is followed by the next, and at the end the operator is told', async () => {
  const { core } = await home()
  const { memory } = await openDesk(core)
  memory.removeChat('ada')
  memory.removeChat('owen')
  const { id } = await ask(core)
  await untilTrue(async () => (await core.incidents.list({ open: true })).length === 1)
  expect(await core.incidents.list({ open: true })).toMatchObject([
    {
      kind: 'approval-unasked',
      subject: id,
      message: expect.stringContaining(`approvals show ${id}`),
    },
  ])
  expect(await core.approvalCards.of(id)).toMatchObject([
    { userId: 'memory:ada', status: 'failed' },
    { userId: 'memory:owen', status: 'failed' },
  ])
})

test('a channel that is down is waited for; after five minutes the others are asked too', async () => {
  const { core, clock } = await home()
  const { memory, desk } = await openDesk(core, { adapter: {} })
  memory.setHealth('down', 'no network')
  const { id } = await ask(core)
  clock.advance(300_000)
  await untilTrue(async () => (await core.approvalCards.of(id)).length === 2)
  expect(await core.incidents.list({ open: true })).toMatchObject([{ kind: 'approval-unasked' }])
  memory.setHealth('connected')
  desk.lookAgain()
  await untilTrue(async () =>
    (await core.approvalCards.of(id)).every(({ status }) => status === 'shown'),
  )
  expect(new Set(memory.delivered.map(({ origin }) => origin.chatId))).toEqual(
    new Set(['ada', 'owen']),
  )
  await core.approvals.decide(id, {
    ...{ digest: (await until(core, id, () => true)).digest, decision: 'reject' },
    ...{ by: { type: 'operator' }, via: 'command' },
  })
  await untilTrue(async () => (await core.incidents.list({ open: true })).length === 0)
  await untilTrue(() => memory.delivered.filter(({ part }) => part.type === 'edit').length === 2)
})

test('a send of which nobody knows is repeated under its key, and what waits is put off', async () => {
  const { core, clock } = await home()
  const { memory } = await openDesk(core)
  memory.failNext('take-then-throw')
  memory.failNext(new RetryableDeliveryError('slow down', { retryAfterMs: 60_000 }))
  const { id } = await ask(core)
  const tries = async () => (await core.approvalCards.of(id))[0]?.attempts
  await untilTrue(async () => {
    clock.advance(1)
    return (await tries()) === 2
  })
  expect(memory.delivered).toHaveLength(1)
  clock.advance(61_000)
  await untilTrue(async () => (await core.approvalCards.of(id))[0]?.status === 'shown')
  expect(memory.delivered).toHaveLength(1)
})

test('a message that can no longer be edited is followed by another', async () => {
  const { core } = await home()
  const { memory } = await openDesk(core)
  const approval = await ask(core)
  await memory.waitForDelivery(1)
  await untilTrue(async () => (await core.approvalCards.of(approval.id))[0]?.status === 'shown')
  memory.failNext(new TerminalDeliveryError('too old'))
  await press(memory, 'ada', approval)
  const { part, text } = await memory.waitForDelivery(2)
  expect(part.type).toBe('text')
  expect(text).toContain('Approved and done by ada')
})

test('what cannot be done now is tried again; what cannot be done ends failed, with an incident', async () => {
  const { core, session } = await home()
  let tries = 0
  const appliers = {
    async create_agent() {
      tries += 1
      if (tries < 3) throw new Error('the disk is full')
      return { outcome: 'failed', error: 'the name is taken' } as const
    },
  }
  const { memory, told, lines } = await openDesk(core, { actions: { appliers } })
  const approval = await ask(core, { sessionId: session.id })
  await memory.waitForDelivery(1)
  await press(memory, 'ada', approval)
  await until(core, approval.id, ({ toldAt }) => toldAt !== null)
  expect(tries).toBe(3)
  expect(lines.filter(({ message }) => message.includes('the disk is full'))).toHaveLength(2)
  expect(told).toMatchObject([{ content: { outcome: 'failed', reason: 'the name is taken' } }])
  expect(await core.incidents.list({ open: true })).toMatchObject([{ kind: 'approval-failed' }])
})

test('an action that no host carries out fails, and says so', async () => {
  const { core } = await home()
  const { memory } = await openDesk(core, { actions: { appliers: {} } })
  const approval = await ask(core)
  await memory.waitForDelivery(1)
  await press(memory, 'ada', approval)
  const { error } = await until(core, approval.id, ({ status }) => status === 'failed')
  expect(error).toBe('this host does not carry out create_agent')
})

test('the next desk goes on: applies, tells and closes what the last one left [X8]', async () => {
  const { core, session } = await home()
  const first = await openDesk(core)
  const approval = await ask(core, { sessionId: session.id })
  await first.memory.waitForDelivery(1)
  await untilTrue(async () => (await core.approvalCards.of(approval.id))[0]?.status === 'shown')
  await first.desk.stop()
  await press(first.memory, 'ada', approval)
  expect(await core.approvals.get(approval.id)).toMatchObject({ status: 'approved' })
  const next = await openDesk(core)
  await until(core, approval.id, ({ toldAt }) => toldAt !== null)
  expect(next.applied).toHaveLength(1)
  expect(next.told).toHaveLength(1)
  await next.memory.waitForDelivery(({ text }) => text.includes('Approved and done by ada'))
  await press(next.memory, 'ada', approval)
  await untilTrue(() =>
    in_(next.memory, 'ada').some((text) => text.includes('it was approved by ada')),
  )
  expect(next.applied).toHaveLength(1)
})

test('an effect too long for one message is shown whole, before the question [X9]', async () => {
  const { core } = await home()
  const { memory } = await openDesk(core, { adapter: { capabilities: { textLength: 300 } } })
  const instructions = Array.from({ length: 60 }, (_one, index) => `rule ${index}`).join('\n')
  await ask(core, { effect: { instructions, name: 'K'.repeat(500) } })
  const question = await memory.waitForDelivery(({ part }) => part.type === 'question')
  const pages = memory.delivered.filter(({ part }) => part.type === 'text').map(({ text }) => text)
  expect(question.text).toContain(`in the ${pages.length} messages above`)
  expect([...pages, question.text].every((text) => text.length <= 300)).toBe(true)
  const said = pages.map((text) => text.split('\n').slice(2, -1).join('\n')).join('')
  for (let index = 0; index < 60; index += 1)
    expect(said).toContain(String.raw`rule ${index}\n`.slice(0, -2))
  expect(said).toContain('K'.repeat(200))
  expect(pages.join('').split('K').length - 1).toBe(500)
})
