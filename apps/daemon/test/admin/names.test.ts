import type { Core } from '@nanoclaw/core'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findAgent } from '../../src/admin/names/find-agent.ts'
import { findChat } from '../../src/admin/names/find-chat.ts'
import { findTarget } from '../../src/admin/names/find-target.ts'

let core: Core

beforeEach(async () => {
  core = await createMemoryCore()
})

afterEach(() => core.close())

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

describe('an agent', () => {
  it('is found by id, folder or name, whatever its capitals', async () => {
    const ada = await core.agents.create({ name: 'Ada Lovelace' })
    for (const typed of [ada.id, 'ada-lovelace', 'Ada Lovelace', 'ADA LOVELACE']) {
      expect((await findAgent(core, typed)).id).toBe(ada.id)
    }
  })

  it('whose name two have is asked for by what tells them apart', async () => {
    const [first, second] = [
      await core.agents.create({ name: 'Ada' }),
      await core.agents.create({ name: 'Ada' }),
    ]
    const why = new RegExp(`name of 2; say which by its id: ada \\(${first.id}\\), ada-2 `)
    await expect(findAgent(core, 'Ada')).rejects.toEqual(refusal('bad-option', why))
    expect((await findAgent(core, 'ada-2')).id).toBe(second.id)
    expect((await findAgent(core, second.id)).id).toBe(second.id)
  })

  it('that is not there is answered with the nearest, and with what lists or makes one', async () => {
    const missing = (why: RegExp) => refusal('not-found', why)
    await expect(findAgent(core, 'ada')).rejects.toEqual(
      missing(/make one: nanoclaw agents create/),
    )
    await core.agents.create({ name: 'Ada' })
    await expect(findAgent(core, 'adda')).rejects.toEqual(missing(/did you mean ada, Ada\?/))
    await expect(findAgent(core, 'zebra')).rejects.toEqual(
      missing(/^there is no agent "zebra"; there are: Ada \(all of them: nanoclaw agents\)$/),
    )
  })

  it('is named without what its name would do to a terminal', async () => {
    await core.agents.create({ name: 'a\u001b[31mda\u202e' })
    const error: unknown = await findAgent(core, 'zz\u001b[2J').catch((reason: unknown) => reason)
    expect(String(error)).not.toMatch(/[\u001b\u202e]/)
  })
})

describe('a chat', () => {
  it('is found by id, place or name', async () => {
    const place = { channelType: 'slack', channelInstance: 'second', platformId: 'C1:x' }
    const chat = await core.chats.create({ ...place, name: 'Family' })
    for (const typed of [chat.id, 'slack/second:C1:x', 'Family', 'family']) {
      expect((await findChat(core, typed)).id).toBe(chat.id)
    }
  })

  it('whose place is not known may be a new one', async () => {
    await expect(findChat(core, 'telegram:4711')).rejects.toEqual(
      refusal('not-found', /if it is a new one: nanoclaw chats add telegram:4711$/),
    )
    await expect(findChat(core, 'kitchen')).rejects.toEqual(refusal('not-found', /CHANNEL:ID$/))
  })
})

describe('a target', () => {
  it('is a chat or an agent, and has to say which where it could be both', async () => {
    const agent = await core.agents.create({ name: 'Bob' })
    const alone = await findTarget(core, 'bob')
    expect(alone.target).toEqual({ type: 'agent', agentGroupId: agent.id })
    const chat = await core.chats.create({ channelType: 'x', platformId: '1', name: 'bob' })
    await expect(findTarget(core, 'bob')).rejects.toEqual(
      refusal('bad-option', /say which: chat:bob, agent:bob$/),
    )
    const target = { type: 'channel', messagingGroupId: chat.id }
    expect((await findTarget(core, 'chat:bob')).target).toEqual(target)
    expect((await findTarget(core, 'x:1')).target).toEqual(target)
    expect((await findTarget(core, 'agent:bob')).target).toEqual(alone.target)
    await expect(findTarget(core, 'rob')).rejects.toEqual(
      refusal('not-found', /no chat "rob"; did you mean bob.*no agent "rob"; did you mean bob/),
    )
  })
})
