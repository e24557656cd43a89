import { expect, test } from 'vitest'
import { freshCore } from '../home.ts'
import { beside } from '../approvals/people.ts'

test('an agent’s own policy comes before that of all, that before the default; unknown is denied', async () => {
  const core = await freshCore()
  const { id } = await core.agents.create({ name: 'Max' })
  const { policies } = core
  expect(await policies.effective(id, 'create_agent')).toBe('ask')
  expect(await policies.effective(id, 'outside_when')).toBe('deny')
  expect(await policies.effective(id, 'fly')).toBe('deny')
  await policies.set({ action: 'create_agent', policy: 'allow', by: 'operator' })
  expect(await policies.effective(id, 'create_agent')).toBe('allow')
  await policies.set({ agentGroupId: id, action: 'create_agent', policy: 'deny', by: 'operator' })
  expect(await policies.effective(id, 'create_agent')).toBe('deny')
  expect(await policies.effective('ag-other', 'create_agent')).toBe('allow')
  expect(await core.audit.newest(1)).toMatchObject([
    { kind: 'policy-set', subject: 'create_agent' },
  ])
})

test('what every case has to be asked about cannot be allowed, not in the file either', async () => {
  const core = await freshCore()
  const given = { action: 'outside_when', policy: 'allow', by: 'operator' } as const
  await expect(core.policies.set(given)).rejects.toMatchObject({ code: 'bad-option' })
  beside(core).exec(`INSERT INTO action_policies VALUES ('', 'outside_when', 'allow', '')`)
  expect(await core.policies.effective('ag-1', 'outside_when')).toBe('deny')
})
