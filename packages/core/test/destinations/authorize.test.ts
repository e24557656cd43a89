import { userId, type Place } from '@nanoclaw/schema'
import { describe, expect, test } from 'vitest'
import { ask, brief, mailPlace, scene, type Scene } from './scene.ts'

const operations = ['message', 'file', 'edit', 'reaction', 'question', 'card'] as const

/** Whom the session has heard, and what has become of a grant. */
const heardCases = {
  nobody: async () => undefined,
  'a member at home': ({ say, family }: Scene) => say(family, 'ann'),
  'a stranger at home': ({ say, family }: Scene) => say(family, 'mallory'),
  'a stranger in the hall': ({ say, hall }: Scene) => say(hall, 'mallory'),
  'a member at home, a stranger in the hall': async ({ say, family, hall }: Scene) => {
    await say(family, 'ann')
    await say(hall, 'mallory')
  },
  'a webhook at home': ({ core, session, family }: Scene) =>
    core.heard.note(session, [
      {
        kind: 'webhook',
        content: { source: 's', event: 'e', payload: 1 },
        origin: { ...family, threadId: null },
      },
    ]),
  'a member who is one no more': async ({ core, say, family, hall, ann, max }: Scene) => {
    await say(hall, 'ann')
    await say(family, 'ann')
    await core.people.revokeRole(userId(ann), { role: 'member', agentGroupId: max.id })
  },
  'mail of an agent that only members have spoken to': ({ say, eve }: Scene) =>
    say(mailPlace(eve.id), 'mallory'),
} satisfies Record<string, (scene: Scene) => Promise<unknown>>

const targets = {
  home: ({ family }: Scene) => family,
  office: ({ office }: Scene) => office,
  'street (for anyone)': ({ street }: Scene) => street,
  'hall (no grant)': ({ hall }: Scene) => hall,
  'agent eve': ({ eve }: Scene) => mailPlace(eve.id),
  'agent other (no grant)': ({ other }: Scene) => mailPlace(other.id),
  itself: ({ max }: Scene) => mailPlace(max.id),
  'an unknown place': ({ family }: Scene) => ({ ...family, platformId: 'nowhere' }),
  'another instance': ({ family }: Scene) => ({ ...family, channelInstance: 'b' }),
} satisfies Record<string, (scene: Scene) => Place>

const never = {
  'hall (no grant)': 'no-destination',
  'agent other (no grant)': 'no-destination',
  itself: 'no-destination',
  'an unknown place': 'unknown',
  'another instance': 'unknown',
} as const

type Granted = Exclude<keyof typeof targets, keyof typeof never>

const all = {
  home: 'allowed',
  office: 'allowed',
  'street (for anyone)': 'allowed',
  'agent eve': 'allowed',
} as const
const none = {
  home: 'outside-when',
  office: 'outside-when',
  'street (for anyone)': 'allowed',
  'agent eve': 'outside-when',
} as const

const expected: Record<keyof typeof heardCases, Record<Granted, string>> = {
  nobody: all,
  'a member at home': all,
  'a stranger at home': { ...none, home: 'allowed' },
  'a stranger in the hall': none,
  'a member at home, a stranger in the hall': none,
  'a webhook at home': { ...none, home: 'allowed' },
  'a member who is one no more': { ...none, home: 'allowed' },
  'mail of an agent that only members have spoken to': all,
}

describe('[X20] whom a session has heard decides where it may write', () => {
  test.each(Object.keys(heardCases) as (keyof typeof heardCases)[])('%s', async (heard) => {
    const made = await scene()
    await heardCases[heard](made)
    for (const operation of operations) {
      const got: Record<string, string> = {}
      for (const [name, at] of Object.entries(targets)) {
        got[name] = brief(await ask(made, at(made), operation))
      }
      expect(got, operation).toEqual({ ...expected[heard], ...never })
    }
  })
})

/** What may become of a grant or of what it is about. */
const ends = {
  'it is revoked': [
    ({ core, max }: Scene) => core.destinations.revoke(max.id, 'office'),
    'no-destination',
  ],
  'it is given a new name': [
    ({ core, max }: Scene) => core.destinations.rename(max.id, 'office', 'work'),
    'allowed',
  ],
  'it is revoked and made again': [
    async ({ core, max, office, channel }: Scene) => {
      await core.destinations.revoke(max.id, 'office')
      await core.destinations.grant({ agentGroupId: max.id, target: channel(office) })
    },
    'allowed',
  ],
  'the chat is deleted': [({ core, office }: Scene) => core.chats.delete(office.id), 'unknown'],
  'the chat is deleted and made again': [
    async ({ core, office }: Scene) => {
      await core.chats.delete(office.id)
      await core.chats.create({ channelType: 'test', platformId: 'office', name: 'Office' })
    },
    'no-destination',
  ],
  'the agent is deleted': [({ core, max }: Scene) => core.agents.delete(max.id), 'unknown'],
  'a wiring is removed': [
    ({ core, max, family }: Scene) => core.wirings.remove(max.id, family.id),
    'allowed',
  ],
} satisfies Record<string, [(scene: Scene) => Promise<unknown>, string]>

test.each(Object.entries(ends))('a grant for the office: %s', async (_name, [change, answer]) => {
  const made = await scene()
  expect(brief(await ask(made, made.office))).toBe('allowed')
  await change(made)
  for (const operation of operations) {
    expect(brief(await ask(made, made.office, operation))).toBe(answer)
  }
})

test('a deleted agent is written to by nobody, and its name goes to nobody else', async () => {
  const { core, max, eve, session } = await scene()
  await core.agents.delete(eve.id)
  expect(brief(await ask({ core, max, session }, mailPlace(eve.id)))).toBe('unknown')
  const again = await core.agents.create({ name: 'Eve' })
  expect(again.folder).toBe('eve-2')
  const target = { type: 'agent', agentGroupId: again.id } as const
  const granted = await core.destinations.grant({ agentGroupId: max.id, target })
  expect(granted.localName).toBe('eve-2')
  await expect(core.agents.delete(eve.id)).rejects.toMatchObject({ code: 'not-found' })
  expect(await core.agents.list()).toHaveLength(3)
  expect(await core.agents.get(eve.id)).toMatchObject({ deletedAt: expect.any(String) })
})

test('a chat that is back has its id and, granted again, its old name', async () => {
  const { core, max, family, channel } = await scene()
  await core.chats.delete(family.id)
  expect(await core.chats.find(family)).toBeUndefined()
  expect(await core.wirings.forChat(family.id)).toEqual([])
  const grant = { agentGroupId: max.id, target: channel(family) }
  await expect(core.destinations.grant(grant)).rejects.toMatchObject({ code: 'not-found' })
  const back = await core.chats.create({
    channelType: 'test',
    platformId: 'family',
    name: 'The family',
  })
  expect(back).toMatchObject({ id: family.id, name: 'The family', deletedAt: null })
  expect((await core.destinations.grant(grant)).localName).toBe('family')
})

test('no session, or one of another agent', async () => {
  const { core, max, eve, office, session } = await scene()
  const request = { agentGroupId: max.id, target: office, operation: 'message' } as const
  const at = (sessionId: string | null) => core.destinations.authorize({ ...request, sessionId })
  expect(brief(await at(null))).toBe('allowed')
  expect(brief(await at('sess-unknown00'))).toBe('unknown')
  const { session: eves } = await core.resolveSession({ agentGroupId: eve.id, sessionMode: 'mail' })
  expect(brief(await at(eves.id))).toBe('unknown')
  expect(brief(await at(session.id))).toBe('allowed')
})

test('each refusal says why, and what is for members is named', async () => {
  const made = await scene()
  const { core, say, hall, office, max, other, family } = made
  const reason = async (place: Place) => {
    const answer = await ask(made, place)
    return answer.allowed ? '' : answer.reason
  }
  expect(await reason(hall)).toMatch(/no destination at test:hall, or it has been revoked/)
  expect(await reason({ ...family, channelInstance: 'b' })).toMatch(/^there is no chat at test\/b:/)
  expect(await reason(mailPlace('ag-unknown00'))).toMatch(
    /^there is no agent at agent:ag-unknown00/,
  )
  expect(await reason(mailPlace(other.id))).toMatch(/no destination/)
  await say(hall, 'mallory')
  expect(await reason(office)).toMatch(/no member .* the destination office is for members/)
  await core.agents.delete(max.id)
  expect(await reason(office)).toMatch(/^there is no agent ag-.* deleted$/)
})

test('whoever is made a member is no stranger from then on', async () => {
  const made = await scene()
  await made.say(made.hall, 'mallory')
  expect(brief(await ask(made, made.office))).toBe('outside-when')
  await made.core.people.add({ ...made.ann, handle: 'mallory', role: { role: 'member' } })
  expect(brief(await ask(made, made.office))).toBe('allowed')
})

test('a person may be asked where the policy says so, and not without a grant', async () => {
  const made = await scene()
  const { core, max, say, hall, office } = made
  await say(hall, 'mallory')
  expect(await ask(made, office)).toMatchObject({ mayAsk: false })
  await core.policies.set({
    agentGroupId: max.id,
    action: 'outside_when',
    policy: 'ask',
    by: 'operator',
  })
  expect(await ask(made, office)).toMatchObject({ allowed: false, mayAsk: true })
  expect(await ask(made, hall)).toMatchObject({ cause: 'no-destination', mayAsk: false })
})

test('what is cleared is forgotten', async () => {
  const made = await scene()
  await made.say(made.hall, 'mallory')
  expect(await made.core.heard.list(made.session.id)).toMatchObject([{ userId: 'test:mallory' }])
  await made.core.heard.clear(made.session.id)
  expect(await made.core.heard.list(made.session.id)).toEqual([])
  expect(brief(await ask(made, made.office))).toBe('allowed')
})
