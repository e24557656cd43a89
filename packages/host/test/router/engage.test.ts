import type { MessageEvent } from '@nanoclaw/adapters'
import { createMemoryCore } from '@nanoclaw/core/testing'
import type { NewWiring, Wiring } from '@nanoclaw/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEngagement } from '../../src/router/engage.ts'

type Addressed = MessageEvent['addressed']

function said(addressed: Addressed, text = 'hello', threadId: string | null = null): MessageEvent {
  return {
    type: 'message',
    instance: '',
    chatId: 'room',
    threadId,
    chatKind: 'group',
    addressed,
    sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
    platformMessageId: 'm1',
    sentAt: '2026-01-31T12:00:00.000Z',
    text,
    attachments: [],
  }
}

async function scene() {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const chat = await core.chats.create({ channelType: 'test', platformId: 'room', name: 'room' })
  const wire = async (how: Partial<NewWiring>): Promise<Wiring> => {
    const { id } = await core.agents.create({ name: 'Ada' })
    const pair = { agentGroupId: id, messagingGroupId: chat.id }
    return (await core.wirings.create({ ...pair, ...how })).wiring
  }
  const ask = async (wiring: Wiring, event: MessageEvent) => {
    const engagement = createEngagement(core)
    const engages = await engagement.engages(wiring, event)
    if (engages) await engagement.given(wiring, event)
    return engages
  }
  return { core, wire, ask }
}

describe('an agent answers as its wiring says', () => {
  it('always, when it is spoken to, or in so many words [W4]', async () => {
    const { wire, ask } = await scene()
    const pattern = await wire({ engageMode: 'pattern', engagePattern: '(?i)^ada\\b' })
    const always = await wire({ engageMode: 'always' })
    const mention = await wire({ engageMode: 'mention' })
    const table = async (event: MessageEvent) => [
      await ask(always, event),
      await ask(mention, event),
      await ask(pattern, event),
    ]
    expect(await table(said('none'))).toEqual([true, false, false])
    expect(await table(said('mention'))).toEqual([true, true, false])
    expect(await table(said('reply'))).toEqual([true, true, false])
    expect(await table(said('direct', 'ADA, hello'))).toEqual([true, true, true])
    expect(await table(said('none', 'Canada'))).toEqual([true, false, false])
  })

  it('in each thread from the moment it was named there', async () => {
    const { wire, ask } = await scene()
    const sticky = await wire({ engageMode: 'mention-sticky' })
    const other = await wire({ engageMode: 'mention-sticky' })
    expect(await ask(sticky, said('none', 'hello', 't1'))).toBe(false)
    expect(await ask(sticky, said('mention', 'hello', 't1'))).toBe(true)
    expect(await ask(sticky, said('none', 'and then?', 't1'))).toBe(true)
    expect(await ask(sticky, said('none', 'hello', 't2'))).toBe(false)
    expect(await ask(sticky, said('none'))).toBe(false)
    expect(await ask(other, said('none', 'and then?', 't1'))).toBe(false)
    await ask(sticky, said('reply'))
    expect(await ask(sticky, said('none'))).toBe(true)
  })

  it('has no text to look through in a reaction', async () => {
    const { core, wire, ask } = await scene()
    const pattern = await wire({ engageMode: 'pattern', engagePattern: '.*' })
    const { text: _text, attachments: _attachments, ...event } = said('none')
    const reaction = {
      ...event,
      type: 'reaction',
      emoji: 'x',
      removed: false,
      revision: '1',
    } as const
    expect(await createEngagement(core).engages(pattern, reaction)).toBe(false)
    expect(await ask(pattern, said('none'))).toBe(true)
  })

  it('never where what somebody else has written is no pattern, and the operator is told [W4]', async () => {
    const { core, wire } = await scene()
    const wiring = await wire({ engageMode: 'pattern', engagePattern: 'x' })
    const bad = { ...wiring, engagePattern: '(' }
    const engagement = createEngagement(core)
    expect(await engagement.engages(bad, said('direct', '('))).toBe(false)
    expect(await engagement.engages(bad, said('direct', '('))).toBe(false)
    expect(await engagement.engages({ ...wiring, engagePattern: null }, said('direct'))).toBe(false)
    expect(await core.incidents.list()).toMatchObject([
      {
        kind: 'bad-pattern',
        subject: wiring.id,
        occurrences: 1,
        message: expect.stringMatching(/missing closing/),
      },
    ])
  })
})
