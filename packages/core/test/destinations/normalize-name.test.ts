import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameLook, normalizeName, numberedName } from '../../src/destinations/normalize-name.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 120 })
const someText = fc.oneof(
  anyText,
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('a', 'É', 'ﬁ', '-', '_', ' ', '\u0301', '\u200b', 'İ', 'ﷺ', 'ǆ'),
  }),
)

test.each([
  ['Family', 'family'],
  ['  The Büro — 2nd floor! ', 'the-buro-2nd-floor'],
  ['家族', '家族'],
  ['ＦＵＬＬ', 'full'],
  ['fam\u200bi\u202ely', 'family'],
  ['a/../b', 'a-b'],
  ['!!!', 'unnamed'],
  ['', 'unnamed'],
  ['\u3164', 'unnamed'],
  ['हिन्दी', 'हिन्दी'],
  ['x'.repeat(60), 'x'.repeat(40)],
])('%j is called %j', (text, name) => {
  expect(normalizeName(text)).toBe(name)
})

test('a name has 1 to 40 lower-case letters, marks and digits, joined by single hyphens', () => {
  fc.assert(
    fc.property(someText, (text) => {
      const name = normalizeName(text)
      expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(-[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*$/u)
      expect([...name].length).toBeLessThanOrEqual(40)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
      expect(name).not.toMatch(/\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Cc}/u)
    }),
    { numRuns: 3000 },
  )
})

test('a name keeps itself, its upper case and its other normal forms', () => {
  fc.assert(
    fc.property(someText, (text) => {
      const name = normalizeName(text)
      expect(normalizeName(name)).toBe(name)
      expect(normalizeName(name.normalize('NFD'))).toBe(name)
      expect(normalizeName(name.normalize('NFKD'))).toBe(name)
    }),
    { numRuns: 3000 },
  )
  expect(normalizeName('FAMILY')).toBe('family')
})

test('numbered names stay in bounds, differ from each other and are normal', () => {
  fc.assert(
    fc.property(someText, fc.integer({ min: 2, max: 9999 }), (text, number) => {
      const name = normalizeName(text)
      const numbered = numberedName(name, number)
      expect(numbered.endsWith(`-${number}`)).toBe(true)
      expect([...numbered].length).toBeLessThanOrEqual(40)
      expect(normalizeName(numbered)).toBe(numbered)
      expect(numberedName(name, number + 1)).not.toBe(numbered)
    }),
    { numRuns: 1000 },
  )
})

test.each([
  ['раypаl', 'paypal'],
  ['οffice', 'office'],
  ['b0b', 'bob'],
  ['fami1y', 'family'],
  // From Unicode's confusables: Armenian, Cherokee, Lisu, letters that look like two.
  ['օffice', 'office'],
  ['ⲥⲟⲥⲟ', 'coco'],
  ['ꓗꓲ', 'kl'],
  ['modern', 'modem'],
  ['ѡork', 'work'],
])('%s looks like %s', (one, other) => {
  expect(normalizeName(one)).not.toBe(normalizeName(other))
  expect(nameLook(normalizeName(one))).toBe(nameLook(normalizeName(other)))
})
