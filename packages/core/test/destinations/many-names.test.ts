import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameLook } from '../../src/destinations/normalize-name.ts'
import type { Destination } from '../../src/index.ts'
import { createMemoryCore } from '../../src/testing.ts'

const agents = 50
const perAgent = 200
const safe = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(-[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*$/u

/** Any text that a chat's name may be; many of them look like another, or come to nothing. */
const anyName = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'а',
      'ɑ',
      'A',
      'á',
      'o',
      '0',
      'ο',
      'l',
      '1',
      'I',
      'rn',
      'm',
      '\u200b',
      ' ',
    ),
    ...{ minLength: 1, maxLength: 4 },
  }),
)

test('ten thousand random names give safe, unique and stable local names', async () => {
  const names = fc.sample(anyName, { numRuns: agents * perAgent, seed: 5 })
  const core = await createMemoryCore()
  for (let of = 0; of < agents; of += 1) {
    const { id: agentGroupId } = await core.agents.create({ name: 'Max' })
    const given: Destination[] = []
    for (const [index, name] of names.slice(of * perAgent, (of + 1) * perAgent).entries()) {
      const platformId = `${of}-${index}`
      const { id } = await core.chats.create({ channelType: 't', platformId, name: platformId })
      const target = { type: 'channel', messagingGroupId: id } as const
      given.push(await core.destinations.grant({ agentGroupId, target, localName: name }))
    }
    for (const { localName } of given) {
      expect(localName).toMatch(safe)
      expect([...localName].length).toBeLessThanOrEqual(40)
      expect(localName).not.toMatch(/\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Cc}/u)
      expect(core.normalizeName(localName)).toBe(localName)
    }
    // No two of them look alike, to say nothing of being the same.
    expect(new Set(given.map(({ localName }) => nameLook(localName))).size).toBe(perAgent)
    // What was revoked keeps its name, whatever came meanwhile.
    for (const { localName, target } of given.slice(0, 10)) {
      await core.destinations.revoke(agentGroupId, localName)
      const again = await core.destinations.grant({ agentGroupId, target })
      expect(again.localName).toBe(localName)
    }
  }
}, 120_000)
