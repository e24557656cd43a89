import type { Place } from '@nanoclaw/schema'
import { describe, expect, test } from 'vitest'
import { brief, mailPlace, scene, type Scene } from './scene.ts'

describe('mail carries whom its sender has heard', () => {
  async function mailed(before: (made: Scene) => Promise<unknown>) {
    const made = await scene()
    const { core, max, eve, session } = made
    await before(made)
    const { session: eves } = await core.resolveSession({
      agentGroupId: eve.id,
      sessionMode: 'mail',
    })
    await core.heard.note(eves, [
      {
        kind: 'chat',
        content: { text: 'mail', sender: 'Max', senderId: max.id },
        origin: { ...mailPlace(max.id), threadId: null },
        sourceSessionId: session.id,
      },
    ])
    return { ...made, eves, heard: await core.heard.list(eves.id) }
  }

  test('of one that only its members have spoken to, it carries nobody', async () => {
    const { heard, max, core, eves } = await mailed((made) => made.say(made.family, 'ann'))
    expect(heard).toEqual([{ place: mailPlace(max.id), userId: `agent:${max.id}` }])
    expect(await core.heard.isOpen(eves)).toBe(false)
  })

  test('a stranger comes along, and may be answered by mail alone', async () => {
    const { heard, max, eve, core, eves, office, channel } = await mailed((made) =>
      made.say(made.hall, 'mallory'),
    )
    expect(heard).toContainEqual({ place: mailPlace(max.id), userId: 'test:mallory' })
    expect(await core.heard.isOpen(eves)).toBe(true)
    for (const target of [channel(office), { type: 'agent', agentGroupId: max.id }] as const) {
      await core.destinations.grant({ agentGroupId: eve.id, target })
    }
    const of = { agentGroupId: eve.id, sessionId: eves.id, operation: 'message' } as const
    const at = (target: Place) => core.destinations.authorize({ ...of, target })
    expect(brief(await at(office))).toBe('outside-when')
    expect(brief(await at(mailPlace(max.id)))).toBe('allowed')
  })

  test('of a session that is not known, anybody may have spoken', async () => {
    const { core, session, eve } = await scene()
    const origin = { ...mailPlace(eve.id), threadId: null }
    const content = { text: 'mail', sender: 'Eve', senderId: eve.id }
    const row = { kind: 'chat', content, origin, sourceSessionId: 'sess-unknown00' } as const
    await core.heard.note(session, [row])
    expect(await core.heard.isOpen(session)).toBe(true)
  })
})
