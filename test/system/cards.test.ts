import { userId } from '@nanoclaw/schema'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost, type TestHostOptions } from './support/test-host.ts'

const hosts = useTestHosts()
const boss = { id: 'boss', name: 'Boss', isBot: false, isSelf: false }
const patience = { timeout: 15_000 }

/** A host whose owner can be reached in a direct chat, `boss`. */
async function start(options?: TestHostOptions): Promise<TestHost> {
  const host = await hosts.start(options)
  const { core } = host
  const account = { channelType: 'memory', channelInstance: '' }
  const owner = { ...account, handle: 'boss' }
  await core.people.add({ ...owner, name: 'Boss', role: { role: 'owner' } })
  const chat = await core.chats.create({ ...account, platformId: 'boss', name: 'Boss' })
  await core.people.noteDirectChat(userId(owner), chat.id)
  return host
}

/** The card in the owner's chat, whose buttons can be pressed. */
async function cardIn({ memory }: TestHost) {
  const isCard = ({ part, origin }: { part: { type: string }; origin: { chatId: string } }) =>
    part.type === 'question' && origin.chatId === 'boss'
  const { part, text, platformMessageId } = await memory.waitForDelivery(isCard)
  if (part.type !== 'question') throw new Error(part.type)
  const { questionId } = part
  return {
    ...{ text, platformMessageId },
    press: (label: 'Approve' | 'Reject', from: object = {}) => {
      const value = part.buttons.find((button) => button.label === label)?.value ?? ''
      const where = { chatId: 'boss', sender: boss, ...from }
      return memory.receive({ type: 'button', questionId, value, ...where })
    },
  }
}

function edits({ memory }: TestHost, of: string): readonly string[] {
  return memory.delivered
    .filter(({ part }) => part.type === 'edit' && part.platformMessageId === of)
    .map(({ text }) => text)
}

const results = `SELECT content FROM messages_in WHERE kind = 'system' ORDER BY seq`

describe('a card with buttons', () => {
  it('from the agent’s wish to the agent’s knowledge of what became of it', async () => {
    const host = await start({ isAdmin: true })
    const { core, memory } = host
    await memory.receive({ chatId: 'room', text: '!call create_agent {"name":"Bob"}' })
    await memory.waitForDelivery(({ text }) => text.includes('Submitted'))
    const card = await cardIn(host)
    expect(card.text).toContain('"name": "Bob"')
    // Somebody else’s press, and one in a group, change nothing.
    await card.press('Approve', { sender: { ...boss, id: 'ann' } })
    await card.press('Approve', { chatId: 'room', chatKind: 'group' })
    expect(await core.approvals.list()).toMatchObject([{ status: 'pending' }])

    await card.press('Approve')
    await expect.poll(() => edits(host, card.platformMessageId), patience).toHaveLength(1)
    expect(edits(host, card.platformMessageId)[0]).toContain('Approved and done by Boss')
    expect((await core.agents.list()).map(({ name }) => name)).toEqual(['Ada', 'Bob'])
    await expect.poll(() => rowsInSession(host, 'inbound', results), patience).toHaveLength(2)
    const [, told] = await rowsInSession(host, 'inbound', results)
    expect(JSON.parse(String(told?.content))).toMatchObject({
      ...{ type: 'approval_result', outcome: 'approved', decidedBy: 'Boss' },
    })

    await card.press('Reject')
    const answers = () =>
      memory.delivered.flatMap(({ text }) =>
        text.startsWith('Nothing was changed')
          ? [/only an admin|direct chat|$/.exec(text)?.[0]]
          : [],
      )
    const sorted = () => answers().toSorted()
    await expect.poll(sorted, patience).toEqual(['', 'direct chat', 'only an admin'])
    expect(await core.audit.verify()).toMatchObject({ isSound: true })
  })
})

describe('a message that may have arrived', () => {
  const memory = { capabilities: { idempotency: 'none' } } as const
  const settings = { unknownOutcome: 'ask', retryBaseMs: 5 } as const

  async function inDoubt() {
    const host = await start({ memory, settings })
    host.memory.failNext('take-then-throw')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    const card = await cardIn(host)
    const said = () => host.memory.delivered.filter(({ text }) => text === 'echo: hello').length
    const statusOf = async () => (await host.core.approvals.list())[0]?.status
    const open = async () => (await host.core.incidents.list({ open: true })).map((one) => one.kind)
    return { host, card, said, statusOf, open }
  }

  it('is sent again when the owner says so, and no question stays open', async () => {
    const { host, card, said, statusOf, open } = await inDoubt()
    expect(card.text).toContain('Nobody can say whether it arrived')
    expect(await open()).toEqual(['delivery-ambiguous'])
    await card.press('Approve')
    await expect.poll(statusOf, patience).toBe('applied')
    await expect.poll(said, patience).toBe(2)
    await host.host.whenQuiet(host.chat.id)
    expect(await open()).toEqual([])
  })

  it('is left alone when he says no, and counts as delivered', async () => {
    const { host, card, said, open } = await inDoubt()
    await card.press('Reject')
    await expect.poll(open, patience).toEqual([])
    const status = 'SELECT status FROM delivered'
    expect(await rowsInSession(host, 'inbound', status)).toEqual([{ status: 'delivered' }])
    expect(said()).toBe(1)
  })

  it('settled by hand meanwhile takes its card back: a late press changes nothing', async () => {
    const { host, card, said } = await inDoubt()
    const [row] = await rowsInSession(host, 'inbound', 'SELECT message_out_id AS id FROM delivered')
    await host.host.settle(String(row?.id), 'delivered')
    await expect.poll(() => edits(host, card.platformMessageId), patience).toHaveLength(1)
    expect(edits(host, card.platformMessageId)[0]).toContain('Not needed any more')
    await card.press('Approve')
    await host.memory.waitForDelivery(({ text }) => text.startsWith('Nothing was'))
    expect(said()).toBe(1)
  })

  it('asks in no chat where the policy says deny: the command line has it still', async () => {
    const host = await start({ memory, settings })
    const policy = { agentGroupId: host.agent.id, by: 'operator', policy: 'deny' } as const
    await host.core.policies.set({ ...policy, action: 'ambiguous_delivery' })
    host.memory.failNext('take-then-throw')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    expect(await host.core.approvals.list()).toEqual([])
    const open = await host.core.incidents.list({ open: true })
    expect(open).toMatchObject([{ kind: 'delivery-ambiguous' }])
    expect(open[0]?.message).toContain('nanoclaw requeue')
  })
})
