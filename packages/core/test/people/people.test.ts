import { userId, type Account } from '@nanoclaw/schema'
import { describe, expect, test } from 'vitest'
import type { Core } from '../../src/index.ts'
import { freshCore, makeChat } from '../home.ts'

const account = (handle: string): Account => ({ channelType: 'test', channelInstance: '', handle })
const ann = { ...account('ann'), name: 'Ann' }
const annId = userId(ann)

async function twoAgents(core: Core) {
  const max = await core.agents.create({ name: 'Max' })
  const eve = await core.agents.create({ name: 'Eve' })
  return { max, eve }
}

describe('accounts', () => {
  test('a person has several, each is one person’s', async () => {
    const core = await freshCore()
    const person = await core.people.add(ann)
    expect(person).toMatchObject({ name: 'Ann', users: [{ id: 'test:ann' }], roles: [] })
    const second = { channelType: 'mail', channelInstance: 'work', handle: 'ann@example.org' }
    const both = await core.people.add({ ...second, personId: person.id })
    expect(both.users.map(({ id }) => id)).toEqual(['test:ann', 'mail/work:ann@example.org'])
    expect(await core.people.find(userId(second))).toEqual(both)
    expect(await core.people.get(person.id)).toEqual(both)
    const bob = await core.people.add(account('bob'))
    expect(bob.name).toBe('bob')
    await expect(core.people.add({ ...ann, personId: bob.id })).rejects.toMatchObject({
      code: 'taken',
    })
    expect(await core.people.list()).toEqual([both, bob])
  })

  test('one that is known stays as it is, and gets the role', async () => {
    const core = await freshCore()
    const { id } = await core.people.add(ann)
    const again = await core.people.add({ ...account('ann'), role: { role: 'member' } })
    expect(again).toMatchObject({
      id,
      name: 'Ann',
      roles: [{ role: 'member', agentGroupId: null }],
    })
  })

  test('what is none is refused, and leaves nothing behind', async () => {
    const core = await freshCore()
    const cases = [
      [{ ...ann, handle: '' }, 'bad-option'],
      [{ ...ann, handle: 'x'.repeat(301) }, 'bad-option'],
      [{ ...ann, channelType: '' }, 'bad-option'],
      [{ ...ann, name: ' ' }, 'bad-option'],
      [{ ...ann, personId: 'per-00000000' }, 'not-found'],
      [{ ...ann, role: { role: 'member', agentGroupId: 'ag-00000000' } }, 'not-found'],
    ] as const
    for (const [user, code] of cases) {
      await expect(core.people.add(user), JSON.stringify(user)).rejects.toMatchObject({ code })
    }
    expect(await core.people.list()).toEqual([])
  })

  test('the person goes with the last of them, and every role', async () => {
    const core = await freshCore()
    const { max } = await twoAgents(core)
    const { id } = await core.people.add({ ...ann, role: { role: 'member' } })
    await core.people.add({ ...account('ann2'), personId: id })
    await core.people.remove('test:ann2')
    expect(await core.people.isMember(max.id, annId)).toBe(true)
    await core.people.remove(annId)
    expect(await core.people.get(id)).toBeUndefined()
    expect(await core.people.isMember(max.id, annId)).toBe(false)
    await core.people.add(ann)
    expect(await core.people.isMember(max.id, annId)).toBe(false)
    await expect(core.people.remove('test:ann2')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('the direct chat of one who is known is noted', async () => {
    const core = await freshCore()
    const chat = await makeChat(core, 'dm')
    await core.people.noteDirectChat(annId, chat.id)
    expect(await core.people.find(annId)).toBeUndefined()
    await core.people.add(ann)
    await core.people.noteDirectChat(annId, chat.id)
    expect(await core.people.find(annId)).toMatchObject({ users: [{ directChatId: chat.id }] })
  })
})

describe('roles', () => {
  test('hold for one agent or for all; the strongest counts', async () => {
    const core = await freshCore()
    const { max, eve } = await twoAgents(core)
    await core.people.add(ann)
    const of = async () => [
      await core.people.roleFor(max.id, annId),
      await core.people.roleFor(eve.id, annId),
    ]
    expect(await of()).toEqual([null, null])
    await core.people.grantRole(annId, { role: 'member', agentGroupId: max.id })
    expect(await of()).toEqual(['member', null])
    await core.people.grantRole(annId, { role: 'admin', agentGroupId: eve.id }, 'per-1')
    expect(await of()).toEqual(['member', 'admin'])
    const owner = await core.people.grantRole(annId, { role: 'owner' })
    expect(owner.roles.map(({ role, grantedBy }) => [role, grantedBy])).toEqual([
      ['admin', 'per-1'],
      ['member', 'operator'],
      ['owner', 'operator'],
    ])
    expect(await of()).toEqual(['owner', 'owner'])
    await core.people.revokeRole(annId, { role: 'owner' })
    await core.people.revokeRole(annId, { role: 'member', agentGroupId: max.id })
    expect(await of()).toEqual([null, 'admin'])
    expect(await core.people.isMember(eve.id, annId)).toBe(true)
    expect(await core.people.isMember(max.id, annId)).toBe(false)
  })

  test('are of the person: another account has them, another instance’s user has not', async () => {
    const core = await freshCore()
    const { max } = await twoAgents(core)
    const { id } = await core.people.add({ ...ann, role: { role: 'member' } })
    await core.people.add({ ...account('ann2'), personId: id })
    expect(await core.people.isMember(max.id, 'test:ann2')).toBe(true)
    expect(await core.people.isMember(max.id, 'test/second:ann')).toBe(false)
    expect(await core.people.isMember(max.id, '')).toBe(false)
  })

  test('that cannot be are refused', async () => {
    const core = await freshCore()
    const { max, eve } = await twoAgents(core)
    await core.people.add({ ...ann, role: { role: 'member', agentGroupId: max.id } })
    const { grantRole, revokeRole } = core.people
    const ofMax = { agentGroupId: max.id }
    await expect(grantRole(annId, { role: 'owner', ...ofMax })).rejects.toMatchObject({
      code: 'bad-option',
    })
    await expect(grantRole('test:bob', { role: 'member' })).rejects.toMatchObject({
      code: 'not-found',
    })
    const never = [
      { role: 'member' },
      { role: 'admin', ...ofMax },
      { role: 'member', agentGroupId: eve.id },
    ] as const
    for (const role of never) {
      await expect(revokeRole(annId, role)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  test('the first owner is made once, and anew when there is none', async () => {
    const core = await freshCore()
    expect(await core.people.ensureOwner(ann)).toBe(true)
    expect(await core.people.ensureOwner(account('bob'))).toBe(false)
    expect((await core.people.list()).map(({ name }) => name)).toEqual(['Ann'])
    await core.people.revokeRole(annId, { role: 'owner' })
    expect(await core.people.ensureOwner(account('bob'))).toBe(true)
    expect(await core.people.find('test:bob')).toMatchObject({ roles: [{ role: 'owner' }] })
  })
})
