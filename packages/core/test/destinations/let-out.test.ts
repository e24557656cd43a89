import type { Place } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import { outsideWhenRequest } from '../../src/index.ts'
import { brief, scene, type Scene } from './scene.ts'

async function asked(decision: 'approve' | 'reject' | undefined) {
  const made = await scene()
  const { core, max, session, office, hall } = made
  await made.say(hall, 'mallory')
  const by = 'operator'
  await core.policies.set({ agentGroupId: max.id, action: 'outside_when', policy: 'ask', by })
  const request = outsideWhenRequest({
    ...{ agentGroupId: max.id, sessionId: session.id, messageOutId: 'out-00000001' },
    ...{ target: office, threadId: null, operation: 'message', kind: 'chat' },
    content: JSON.stringify({ text: 'She asks for you' }),
  })
  const done = await core.approvals.request({ ...request, summary: 's', reason: 'r' })
  if (done.outcome !== 'pending') throw new Error(done.outcome)
  const { id, digest } = done.approval
  if (decision !== undefined) {
    const word = { digest, decision, by: { type: 'operator' }, via: 'command' } as const
    expect(await core.approvals.decide(id, word)).not.toMatchObject({ outcome: 'refused' })
  }
  return { ...made, approvalId: id }
}

const at = ({ core, max, session }: Scene, target: Place, messageOutId?: string) =>
  core.destinations
    .authorize({
      ...{ agentGroupId: max.id, sessionId: session.id, operation: 'message', target },
      messageOutId,
    })
    .then(brief)

test('a message that a person has let out may go, and no other, and nowhere else', async () => {
  const made = await asked('approve')
  expect(await at(made, made.office, 'out-00000001')).toBe('allowed')
  expect(await at(made, made.office, 'out-00000003')).toBe('outside-when')
  expect(await at(made, made.office)).toBe('outside-when')
  expect(await at(made, made.family, 'out-00000001')).toBe('outside-when')
  await made.core.approvals.applied(made.approvalId)
  expect(await at(made, made.office, 'out-00000001')).toBe('allowed')
})

test('what a person lets out needs its grant all the same', async () => {
  const made = await asked('approve')
  await made.core.destinations.revoke(made.max.id, 'office')
  expect(await at(made, made.office, 'out-00000001')).toBe('no-destination')
})

test.each([['reject' as const], [undefined]])('what is not let out stays: %s', async (decision) => {
  const made = await asked(decision)
  expect(await at(made, made.office, 'out-00000001')).toBe('outside-when')
})
