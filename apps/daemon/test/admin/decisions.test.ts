import { policyRules, type Approval } from '@nanoclaw/core'
import { describe, expect, it } from 'vitest'
import { policies, policyActions } from '../../src/admin/commands/policy-names.ts'
import { testDesk, type TestDesk } from './desk.ts'

async function asked(): Promise<TestDesk & { readonly approval: Approval }> {
  const desk = await testDesk()
  await desk.does('agents create', { name: 'Ada', admin: true })
  const [agent] = await desk.core.agents.list()
  const requested = await desk.core.approvals.request({
    action: 'create_agent',
    agentGroupId: agent?.id ?? '',
    effect: { name: 'Eve', instructions: 'be\u202enice\nto all\u200b' },
    summary: 'make the agent Eve\u001b[2J',
    reason: 'somebody\u202e has to do it',
    requestKey: 'out-1',
  })
  if (requested.outcome !== 'pending') throw new Error(`it is ${requested.outcome}`)
  return { ...desk, approval: requested.approval }
}

describe('approvals', () => {
  it('are listed, and shown whole, with nothing that hides', async () => {
    const { approval, does, says } = await asked()
    expect(await says('approvals list')).toMatch(
      new RegExp(`\\n${approval.code} +pending +0s +Ada +create_agent +make the agent Eve$`),
    )
    const shown = await says('approvals show', { request: approval.code })
    expect(shown).toContain(String.raw`"instructions": "be\u{202e}nice\nto all\u{200b}"`)
    expect(shown).toContain(String.raw`What:            make the agent Eve\u{1b}[2J`)
    expect(shown).toContain(approval.digest)
    expect(shown).not.toMatch(/[\u001b\u200b\u202e]/)
    expect(await does('approvals show', { request: approval.id })).toMatchObject({
      approval: { id: approval.id, effect: approval.effect },
      agent: 'Ada',
    })
  })

  it('are approved when the whole of it was shown, once', async () => {
    const { approval, asks, core, does, says } = await asked()
    expect(await asks('approvals approve', { request: approval.code })).toContain('Exactly this:')
    expect((await core.approvals.get(approval.id))?.status).toBe('pending')
    expect(await says('approvals approve', { request: approval.code })).toMatch(/^Approved /)
    const decided = await core.approvals.get(approval.id)
    expect(decided).toMatchObject({ status: 'approved', decidedBy: 'operator' })
    for (const word of ['approve', 'reject']) {
      const again = does(`approvals ${word}`, { request: approval.id })
      await expect(again).rejects.toMatchObject({ code: 'bad-state' })
    }
    await expect(asks('approvals approve', { request: approval.id })).rejects.toMatchObject({
      message: `the request ${approval.id} waits no more: it is approved`,
    })
    expect(await says('approvals list')).toBe('Nothing waits for a decision.')
    expect(await does('approvals list', { all: true })).toMatchObject({
      approvals: [{ id: approval.id, agent: 'Ada' }],
    })
  })

  it('are rejected; a code that is none is answered with the nearest', async () => {
    const { approval, core, does } = await asked()
    const near = `${approval.code.slice(0, -1)}x`
    await expect(does('approvals reject', { request: near })).rejects.toMatchObject({
      message: expect.stringContaining(`did you mean ${approval.code}`),
    })
    await does('approvals reject', { request: approval.code })
    expect((await core.approvals.get(approval.id))?.status).toBe('rejected')
  })
})

describe('policies', () => {
  it('are those that the core knows', () => {
    expect([...policyActions].toSorted()).toEqual(Object.keys(policyRules).toSorted())
    const known = Object.values(policyRules).flatMap(({ allowed }) => allowed)
    expect([...policies].toSorted()).toEqual([...new Set(known)].toSorted())
  })

  it('are set for all or for one agent, and listed with where they come from', async () => {
    const { does, says } = await asked()
    await does('policies set', { action: 'create_agent', policy: 'deny' })
    expect(
      await says('policies set', { action: 'outside_when', policy: 'ask', agent: 'ada' }),
    ).toBe('outside_when: ask, for Ada.')
    expect(await says('policies list', { agent: 'ada' })).toMatch(
      /\nAda +create_agent +deny +all\nAda +outside_when +ask +agent\nAda +ambiguous_delivery +ask +def/,
    )
    const unsafe = does('policies set', { action: 'unknown_sender', policy: 'allow' })
    await expect(unsafe).rejects.toMatchObject({ code: 'bad-option' })
  })
})

describe('the audit log', () => {
  it('has every command that changes something, and none that looks', async () => {
    const { approval, does, says } = await asked()
    await does('agents list')
    await does('approvals reject', { request: approval.code })
    const { entries } = await does('audit')
    const commands = (entries as { kind: string; subject: string; actor: string }[]).filter(
      ({ kind }) => kind === 'command',
    )
    expect(commands.map(({ subject }) => subject)).toEqual(['agents create', 'approvals reject'])
    expect(commands.every(({ actor }) => actor === 'operator')).toBe(true)
    expect(await says('audit')).toMatch(/operator +command +approvals reject +\{"request":"/)
  })

  it('is verified, also against a mark that was kept', async () => {
    const { does, says } = await asked()
    const told = await says('audit', { verify: true })
    const [, mark = ''] =
      /^All \d+ entries are as they were written\.\nMark: (\S+)$/.exec(told) ?? []
    await does('policies set', { action: 'create_agent', policy: 'deny' })
    expect(await says('audit', { verify: true, mark })).toMatch(/^All /)
    const other = mark.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    await expect(does('audit', { verify: true, mark: other })).rejects.toMatchObject({
      code: 'corrupt',
    })
    for (const wrong of [{ verify: true, mark: 'x' }, { mark }]) {
      await expect(does('audit', wrong)).rejects.toMatchObject({ code: 'usage' })
    }
  })
})
