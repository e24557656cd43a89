import fc from 'fast-check'
import { test, expect } from 'vitest'
import type { ApprovalStatus } from '@nanoclaw/schema'
import type { Decision, NewApproval } from '../../src/index.ts'
import { createFakeClock, createMemoryCore } from '../../src/testing.ts'

const names = ['owen', 'ada', 'max', 'mia'] as const
type Name = (typeof names)[number]
const hour = 3_600_000
const key = 'out-1'

const step = fc.oneof(
  fc.record({
    type: fc.constant('click' as const),
    who: fc.constantFrom<Name | 'operator'>(...names, 'operator'),
    decision: fc.constantFrom('approve' as const, 'reject' as const),
    /** Of what was shown: the request's own, that of another effect, or a few digits. */
    shown: fc.constantFrom('own', 'own', 'own', 'other', 'few'),
    where: fc.constantFrom('direct', 'direct', 'direct', 'group'),
  }),
  fc.record({ type: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 30 }) }),
  fc.record({
    type: fc.constantFrom(
      'expire' as const,
      'restart' as const,
      'apply' as const,
      'fail' as const,
      'told' as const,
      'withdraw' as const,
    ),
  }),
  fc.record({ type: fc.constant('ask' as const), effect: fc.constantFrom('Kim', 'Eva') }),
  fc.record({
    type: fc.constantFrom('grant' as const, 'revoke' as const),
    who: fc.constantFrom<Name>(...names),
    role: fc.constantFrom(
      'owner' as const,
      'admin' as const,
      'agent-admin' as const,
      'other-admin' as const,
    ),
  }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** What a request may become, written down once more. */
class Model {
  status: ApprovalStatus = 'pending'
  now = 0
  readonly roles = new Map<Name, Set<string>>(names.map((name) => [name, new Set<string>()]))
  readonly log: string[] = ['approval-requested']

  mayDecide(who: Name | 'operator'): boolean {
    if (who === 'operator') return true
    const held = this.roles.get(who) ?? new Set<string>()
    // mia's message has led to it.
    if (who === 'mia') return held.has('owner')
    return held.has('owner') || held.has('admin') || held.has('agent-admin')
  }

  /** The outcome of a click. */
  click(given: Extract<Step, { type: 'click' }>): string {
    if (!this.mayDecide(given.who)) return 'refused'
    if (given.where === 'group' && given.who !== 'operator') return 'refused'
    if (this.status !== 'pending') return 'refused'
    if (this.now >= 24) {
      this.expire()
      return 'refused'
    }
    if (given.shown !== 'own') return 'refused'
    this.status = given.decision === 'approve' ? 'approved' : 'rejected'
    this.log.push('approval-decided')
    return this.status
  }

  expire(): void {
    if (this.status !== 'pending' || this.now < 24) return
    this.status = 'expired'
    this.log.push('approval-expired')
  }

  /** Whether there was something to be withdrawn. */
  withdraw(): boolean {
    if (this.status !== 'pending') return false
    this.status = 'expired'
    this.log.push('approval-withdrawn')
    return true
  }

  /** Whether it may be said. */
  end(as: 'applied' | 'failed'): boolean {
    if (this.status === as) return true
    if (this.status !== 'approved') return false
    this.status = as
    this.log.push(`approval-${as}`)
    return true
  }
}

async function world() {
  const clock = createFakeClock()
  const first = await createMemoryCore({ clock })
  const agent = await first.agents.create({ name: 'Max' })
  const other = await first.agents.create({ name: 'Eva' })
  for (const name of names) {
    await first.people.add({ channelType: 'test', channelInstance: '', handle: name, name })
    await first.people.noteDirectChat(`test:${name}`, `mg-${name}`)
  }
  const request = (effect: string): NewApproval => ({
    ...{ action: 'create_agent', agentGroupId: agent.id, effect: { name: effect } },
    ...{ summary: 's', reason: 'r', requestKey: key, onUserId: 'test:mia' },
  })
  const asked = await first.approvals.request(request('Kim'))
  if (asked.outcome !== 'pending') throw new Error(asked.outcome)
  const { approval } = asked
  const foreign = await first.approvals.request({ ...request('Eva'), requestKey: 'out-2' })
  if (foreign.outcome !== 'pending') throw new Error(foreign.outcome)
  const roles = {
    owner: { role: 'owner' },
    admin: { role: 'admin' },
    'agent-admin': { role: 'admin', agentGroupId: agent.id },
    'other-admin': { role: 'admin', agentGroupId: other.id },
  } as const
  return { clock, core: first, approval, foreign: foreign.approval, request, roles }
}

type World = Awaited<ReturnType<typeof world>>

function decisionOf(
  given: Extract<Step, { type: 'click' }>,
  { approval, foreign }: World,
): Decision {
  const { who, decision, shown, where } = given
  const digests = { own: approval.digest, other: foreign.digest, few: approval.digest.slice(0, 15) }
  const isOperator = who === 'operator'
  const home = isOperator ? 'command' : `mg-${who}`
  return {
    digest: digests[shown],
    decision,
    by: isOperator ? { type: 'operator' } : { type: 'user', userId: `test:${who}` },
    via: where === 'direct' ? home : 'mg-group',
  }
}

async function play(model: Model, given: Step, at: World): Promise<void> {
  const { approvals, people } = at.core
  const { id } = at.approval
  switch (given.type) {
    case 'click': {
      const expected = model.click(given)
      expect((await approvals.decide(id, decisionOf(given, at))).outcome).toBe(expected)
      return
    }
    case 'pass':
      model.now += given.hours
      at.clock.advance(given.hours * hour)
      return
    case 'expire':
      model.expire()
      await approvals.expire(10)
      return
    case 'restart':
      at.core = await at.core.reopen()
      return
    case 'apply':
    case 'fail': {
      const isApply = given.type === 'apply'
      const said = isApply ? approvals.applied(id) : approvals.failed(id, 'no')
      const isFine = await said.then(
        () => true,
        () => false,
      )
      expect(isFine).toBe(model.end(isApply ? 'applied' : 'failed'))
      return
    }
    case 'told':
      await approvals.told(id)
      return
    case 'withdraw': {
      expect(await approvals.withdraw(key, 'not needed')).toBe(model.withdraw())
      return
    }
    case 'ask': {
      const again = await approvals.request(at.request(given.effect))
      expect(again.outcome).toBe(given.effect === 'Kim' ? 'pending' : 'denied')
      if (again.outcome === 'pending')
        expect(again).toMatchObject({ isNew: false, approval: { id } })
      return
    }
    case 'grant':
      model.roles.get(given.who)?.add(given.role)
      await people.grantRole(`test:${given.who}`, at.roles[given.role])
      return
    case 'revoke':
      model.roles.get(given.who)?.delete(given.role)
      await people.revokeRole(`test:${given.who}`, at.roles[given.role]).catch(() => undefined)
  }
}

test('clicks, expiry, restarts, other payloads and changes of roles, in any order: one decision at most, by who may, of what was shown [X8]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const at = await world()
      const model = new Model()
      try {
        for (const given of steps) {
          await play(model, given, at)
          const found = await at.core.approvals.get(at.approval.id)
          expect(found?.status).toBe(model.status)
          expect(found?.effect).toBe(at.approval.effect)
        }
        const entries = await at.core.audit.list()
        const own = entries.filter(({ subject }) => subject === at.approval.id)
        expect(own.map(({ kind }) => kind)).toEqual(model.log)
        expect(await at.core.audit.verify()).toMatchObject({ isSound: true })
      } finally {
        await at.core.close()
      }
    }),
    { numRuns: 60 },
  )
}, 120_000)
