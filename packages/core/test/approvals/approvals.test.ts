import { expect, test } from 'vitest'
import { type Approval, type Core, type Decision, type NewApproval } from '../../src/index.ts'
import { createFakeClock } from '../../src/testing.ts'
import { freshCore } from '../home.ts'
import { beside, putPeople } from './people.ts'

const day = 86_400_000

async function asking(values: Partial<NewApproval> = {}) {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const agent = await core.agents.create({ name: 'Max' })
  const other = await core.agents.create({ name: 'Eva' })
  putPeople(core, [
    { name: 'owen', roles: [['owner']] },
    { name: 'ada', roles: [['admin']] },
    { name: 'max', roles: [['admin', agent.id]] },
    { name: 'eve', roles: [['admin', other.id]] },
    { name: 'mia', roles: [['member']] },
  ])
  const wanted: NewApproval = {
    action: 'create_agent',
    agentGroupId: agent.id,
    effect: { name: 'Kim', folder: 'kim' },
    summary: 'Max wants to make an agent',
    reason: 'asked for by the policy',
    requestKey: 'out-1',
    ...values,
  }
  const asked = await core.approvals.request(wanted)
  if (asked.outcome !== 'pending') throw new Error(asked.outcome)
  return { core, clock, agent, wanted, approval: asked.approval }
}

const by = (name: string, { digest }: Approval, values: Partial<Decision> = {}): Decision => ({
  digest,
  decision: 'approve',
  by: { type: 'user', userId: `test:${name}` },
  via: `mg-${name}`,
  ...values,
})

const kinds = async (core: Core) =>
  (await core.audit.list()).map(({ kind }) => kind).filter((kind) => kind.startsWith('approval'))

test('a request is one row with its whole effect, and the same request is the same row', async () => {
  const { core, wanted, approval } = await asking({ effect: { b: 1, a: 'ä' } })
  expect(approval).toMatchObject({ status: 'pending', effect: '{"a":"ä","b":1}' })
  expect(approval.code).toMatch(/^[0-9a-f]{8}$/)
  expect(Date.parse(approval.expiresAt) - Date.parse(approval.createdAt)).toBe(day)
  const again = await core.approvals.request({ ...wanted, effect: { a: 'ä', b: 1 } })
  expect(again).toEqual({ outcome: 'pending', approval, isNew: false })
  const changed = await core.approvals.request({ ...wanted, effect: { a: 'a', b: 1 } })
  expect(changed).toMatchObject({ outcome: 'denied' })
  expect(await core.approvals.withCode(approval.code)).toEqual([approval])
  expect(await kinds(core)).toEqual(['approval-requested'])
})

test.each([
  ['a policy that denies', { action: 'fly' }, /policy for fly is deny/],
  ['more than a person reads', { effect: 'x'.repeat(20_000) }, /would have to read 20002/],
])('%s: nobody is asked, and the log says so', async (_what, values, reason) => {
  const { core, wanted } = await asking()
  const denied = await core.approvals.request({ ...wanted, requestKey: 'out-2', ...values })
  expect(denied).toMatchObject({ outcome: 'denied', reason: expect.stringMatching(reason) })
  expect(await kinds(core)).toEqual(['approval-requested', 'approval-denied'])
})

test('an agent that asks and asks is stopped while nobody decides', async () => {
  const { core, wanted } = await asking()
  const outcomes: string[] = []
  for (let index = 2; index <= 52; index += 1) {
    const asked = await core.approvals.request({ ...wanted, requestKey: `out-${index}` })
    outcomes.push(asked.outcome)
  }
  expect(outcomes.filter((outcome) => outcome === 'pending')).toHaveLength(49)
  expect(outcomes.at(-1)).toBe('denied')
})

test.each(['owen', 'ada', 'max'])('%s may decide, once', async (name) => {
  const { core, approval } = await asking()
  const { id } = approval
  const decided = await core.approvals.decide(id, by(name, approval))
  expect(decided).toMatchObject({
    outcome: 'approved',
    approval: {
      status: 'approved',
      decidedBy: `per-${name}`,
      deciderName: name,
      decidedVia: `mg-${name}`,
    },
  })
  const late = await core.approvals.decide(id, by('owen', approval, { decision: 'reject' }))
  expect(late).toMatchObject({
    outcome: 'refused',
    why: 'decided',
    reason: expect.stringContaining(name),
  })
  await core.approvals.applied(id)
  await core.approvals.applied(id)
  expect(await core.approvals.get(id)).toMatchObject({ status: 'applied' })
  await expect(core.approvals.failed(id, 'no')).rejects.toMatchObject({ code: 'bad-state' })
  const expected = ['approval-requested', 'approval-decided', 'approval-applied']
  expect(await kinds(core)).toEqual(expected)
})

test.each([
  ['an admin of another agent', 'eve', {}, 'not-allowed'],
  ['a member', 'mia', {}, 'not-allowed'],
  ['somebody unknown', 'zoe', {}, 'not-allowed'],
  ['an agent', 'owen', { by: { type: 'user', userId: 'agent:ag-1' } }, 'not-allowed'],
  ['an owner in a group', 'owen', { via: 'mg-group' }, 'elsewhere'],
  ['an owner shown something else', 'owen', { digest: '0'.repeat(64) }, 'changed'],
  ['an owner shown next to nothing', 'owen', { digest: '' }, 'changed'],
] satisfies [string, string, Partial<Decision>, string][])(
  '%s changes nothing',
  async (_who, name, values, why) => {
    const { core, approval } = await asking()
    expect(await core.approvals.decide(approval.id, by(name, approval, values))).toMatchObject({
      outcome: 'refused',
      why,
    })
    expect(await core.approvals.get(approval.id)).toEqual(approval)
    expect(await kinds(core)).toEqual(['approval-requested'])
  },
)

test('the person whose message led to it decides only as an owner', async () => {
  const { core, approval } = await asking({ onUserId: 'test:ada' })
  const own = await core.approvals.decide(approval.id, by('ada', approval))
  expect(own).toMatchObject({ outcome: 'refused', why: 'own-request' })
  const { core: second, approval: owners } = await asking({ onUserId: 'test:owen' })
  const decided = await second.approvals.decide(owners.id, by('owen', owners))
  expect(decided).toMatchObject({ outcome: 'approved' })
})

test('roles count as they are at the click', async () => {
  const { core, approval } = await asking()
  beside(core).exec(`DELETE FROM user_roles WHERE person_id = 'per-ada'`)
  const decided = await core.approvals.decide(approval.id, by('ada', approval))
  expect(decided).toMatchObject({ outcome: 'refused', why: 'not-allowed' })
})

test('an effect that somebody has changed in the file is not approved', async () => {
  const { core, approval } = await asking()
  beside(core).exec(`UPDATE approvals SET effect = '{"name":"Evil"}'`)
  const decided = await core.approvals.decide(approval.id, by('owen', approval))
  expect(decided).toMatchObject({ outcome: 'refused', why: 'changed' })
})

test('a click after its time ends it as expired, with the command line too', async () => {
  const { core, clock, approval } = await asking()
  expect(await core.approvals.nextExpiry()).toBe(approval.expiresAt)
  expect(await core.approvals.expire(10)).toBe(0)
  clock.advance(day)
  const operator = by('', approval, { by: { type: 'operator' }, via: 'command' })
  expect(await core.approvals.decide(approval.id, operator)).toMatchObject({ why: 'expired' })
  expect(await core.approvals.decide(approval.id, operator)).toMatchObject({ why: 'expired' })
  expect(await core.approvals.expire(10)).toBe(0)
  expect(await kinds(core)).toEqual(['approval-requested', 'approval-expired'])
  expect(await core.approvals.unfinished(10)).toMatchObject([{ id: approval.id, toldAt: null }])
  await core.approvals.told(approval.id)
  expect(await core.approvals.unfinished(10)).toEqual([])
})

test('a matter that may recur is asked anew when it has ended, but not when it was rejected', async () => {
  const { core, clock, wanted, approval } = await asking({ mayRecur: true })
  clock.advance(day)
  await core.approvals.expire(10)
  const again = await core.approvals.request(wanted)
  if (again.outcome !== 'pending') throw new Error(again.outcome)
  expect(again).toMatchObject({ isNew: true, approval: { requestKey: approval.requestKey } })
  await core.approvals.decide(again.approval.id, by('owen', again.approval, { decision: 'reject' }))
  const third = await core.approvals.request(wanted)
  expect(third).toMatchObject({ isNew: false, approval: { status: 'rejected' } })
})

test('cards go to the admins of the agent, then to those of all, then to owners', async () => {
  const { core, approval } = await asking()
  const { approvalCards } = core
  const now = core.clock.now()
  for (const name of ['max', 'ada', 'owen']) {
    const [card, ...more] = await approvalCards.ask(approval.id)
    expect(more).toEqual([])
    expect(card).toMatchObject({ userId: `test:${name}`, messagingGroupId: `mg-${name}` })
    expect(await approvalCards.due(new Date(now).toISOString(), 10)).toEqual([card])
    if (card) await approvalCards.change({ ...card, status: 'failed', error: 'blocked' })
  }
  expect(await approvalCards.ask(approval.id)).toEqual([])
  expect(await approvalCards.of(approval.id)).toHaveLength(3)
})

test('a card that is shown has to be closed when the request has ended, not before', async () => {
  const { core, approval } = await asking({ onUserId: 'test:max' })
  const [card] = await core.approvalCards.of(approval.id)
  if (!card) throw new Error('a card')
  expect(card.userId).toBe('test:ada')
  const later = '2999-01-01T00:00:00.000Z'
  const due = () => core.approvalCards.due(later, 10)
  await core.approvalCards.change({ ...card, status: 'shown', platformMessageId: '7' })
  expect(await due()).toEqual([])
  await core.approvals.decide(approval.id, by('owen', approval))
  expect(await due()).toMatchObject([{ platformMessageId: '7' }])
  await core.approvalCards.change({ ...card, status: 'shown', nextAttemptAt: later })
  expect(await core.approvalCards.nextAt()).toBe(later)
})
