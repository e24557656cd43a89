import type { Place } from '@nanoclaw/schema'
import { describe, expect, test } from 'vitest'
import { authorizeDelivery } from '../../src/destinations/authorize.ts'
import type { AuthorizeRequest, Destination, HeardFrom } from '../../src/index.ts'
import { freshCore, makeChat, wiredPair } from '../home.ts'

const mail = (platformId: string): Place => ({
  channelType: 'agent',
  channelInstance: '',
  platformId,
})

describe('the ACL', () => {
  test('[X6] no row, no delivery: each refusal says why', async () => {
    const core = await freshCore()
    const { agent, chat } = await wiredPair(core)
    const office = await makeChat(core, 'office')
    const ask = (target: Place, agentGroupId = agent.id) =>
      core.destinations.authorize({ agentGroupId, target, operation: 'message', origins: [] })

    const allowed = await ask(chat)
    expect(allowed).toMatchObject({ allowed: true, destination: { localName: 'family' } })
    expect(await ask(office)).toMatchObject({
      allowed: false,
      reason: expect.stringMatching(/no destination at test:office,/),
    })
    expect(await ask({ ...chat, channelInstance: 'b' })).toMatchObject({
      reason: expect.stringMatching(/^there is no chat at test\/b:/),
    })
    const elsewhere = [
      { ...chat, platformId: 'nowhere' },
      { ...chat, channelInstance: 'b' },
      { ...chat, channelType: 'other' },
    ]
    for (const place of elsewhere) {
      expect(await ask(place)).toMatchObject({
        allowed: false,
        reason: expect.stringMatching(/no chat/),
      })
    }
    expect(await ask(chat, 'ag-unknown00')).toMatchObject({ allowed: false })
    expect(await ask(mail(agent.id))).toMatchObject({ allowed: false })
  })

  test('a grant between agents holds in the direction it was made', async () => {
    const core = await freshCore()
    const [max, eve] = [
      await core.agents.create({ name: 'Max' }),
      await core.agents.create({ name: 'Eve' }),
    ]
    const target = { type: 'agent', agentGroupId: eve.id } as const
    await core.destinations.grant({ agentGroupId: max.id, target })
    const request = { operation: 'message', origins: [] } as const
    const there = { ...request, agentGroupId: max.id, target: mail(eve.id) }
    const back = { ...request, agentGroupId: eve.id, target: mail(max.id) }
    expect(await core.destinations.authorize(there)).toMatchObject({ allowed: true })
    expect(await core.destinations.authorize(back)).toMatchObject({ allowed: false })
    expect(await core.hasDestination(max.id, target)).toBe(true)
    expect(await core.hasDestination(eve.id, { ...target, agentGroupId: max.id })).toBe(false)
  })

  test('a revocation holds from the next question on; a new name changes nothing', async () => {
    const core = await freshCore()
    const { agent, chat } = await wiredPair(core)
    const request = {
      agentGroupId: agent.id,
      target: chat,
      operation: 'edit',
      origins: [],
    } as const
    await core.destinations.rename(agent.id, 'family', 'home')
    expect(await core.destinations.authorize(request)).toMatchObject({
      allowed: true,
      destination: { localName: 'home' },
    })
    await core.destinations.revoke(agent.id, 'home')
    expect(await core.destinations.authorize(request)).toMatchObject({ allowed: false })
  })
})

const family: Place = { channelType: 'test', channelInstance: '', platformId: 'family' }
const street: Place = { ...family, platformId: 'street' }

function ask(when: Destination['when'], origins: readonly HeardFrom[]) {
  const row = {
    agentGroupId: 'ag-00000001',
    localName: 'family',
    displayName: 'Family',
    targetType: 'channel',
    targetId: 'mg-00000001',
    when,
    createdAt: '2026-01-31T12:00:00.000Z',
    revokedAt: null,
  }
  const lookup = {
    chats: { findPlace: () => ({ id: 'mg-00000001' }) },
    rows: { liveByTarget: () => row },
  }
  const request: AuthorizeRequest = {
    agentGroupId: 'ag-00000001',
    target: family,
    operation: 'message',
    origins,
  }
  return authorizeDelivery(lookup, ({ senderId }) => senderId === 'ann', request).allowed
}

test('a container that a stranger has spoken to answers only where it was spoken to', () => {
  const ann = { place: family, senderId: 'ann' }
  const stranger = { place: street, senderId: 'mallory' }
  expect(ask('members', [])).toBe(true)
  expect(ask('members', [ann])).toBe(true)
  expect(ask('members', [stranger])).toBe(false)
  expect(ask('members', [{ ...stranger, place: family }])).toBe(true)
  expect(ask('members', [ann, stranger])).toBe(true)
  expect(ask('members', [{ ...ann, place: street }, stranger])).toBe(false)
  expect(ask('anyone', [stranger])).toBe(true)
})
