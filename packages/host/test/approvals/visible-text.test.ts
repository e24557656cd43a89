import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleJson, visibleLine, visibleString } from '../../src/approvals/visible-text.ts'

test.each([
  ['zero width', 'ki\u200Bm', String.raw`"ki\u{200b}m"`],
  ['a direction turned', 'a\u202Egpj.exe', String.raw`"a\u{202e}gpj.exe"`],
  ['a newline in a name', 'left-pad\n--global', String.raw`"left-pad\n--global"`],
  ['controls', 'a\u0000\u001B[31m\r', String.raw`"a\u{0}\u{1b}[31m\u{d}"`],
  ['tags nobody sees', 'hi\u{E0041}', String.raw`"hi\u{e0041}"`],
  ['spaces that are none', 'a\u00A0b\u3000\u2800', String.raw`"a\u{a0}b\u{3000}\u{2800}"`],
  ['half a character', 'a\uD800', String.raw`"a\u{d800}"`],
  ['a Cyrillic letter in a Latin word', 'p\u0430ypal', String.raw`"p\u{430}ypal"`],
  ['an escape typed out', String.raw`a\u{200b}`, String.raw`"a\\u{200b}"`],
  ['marks piled up', 'Z\u0300\u0301\u0302\u0303', 'Z\u0300\u0301' + String.raw`\u{302}\u{303}`],
  ['the end of a block', '```', String.raw`"\u{60}\u{60}\u{60}"`],
])('%s is made visible [X9]', (_what, text, shown) => {
  expect(visibleString(text)).toContain(shown)
})

test('words of one script stay as they are', () => {
  for (const text of ['Привет, мир', 'héllo', '日本語', 'Ελλάδα', 'नमस्ते', 'a "quoted" name']) {
    expect(visibleLine(text)).toBe(text)
  }
})

const anything = fc.string({ unit: 'binary', maxLength: 40 })
const lines = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u

/** What a reader who knows the rule makes of it. */
function read(shown: string): string {
  return shown
    .slice(1, -1)
    .replaceAll(/\\(?:u\{([0-9a-f]+)\}|(.))/gu, (_all, code: string | undefined, one: string) => {
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      return one === 'n' ? '\n' : one
    })
}

test('any text is one line of what can be seen, and can be read back: nothing is hidden [X9]', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const shown = visibleString(text)
      expect(shown).toMatch(lines)
      expect(shown).not.toContain('`')
      expect(read(shown)).toBe(text)
    }),
    { numRuns: 2_000 },
  )
})

test('any JSON is shown whole: two that differ never look the same [X9]', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const shown = visibleJson(value)
      expect(shown).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} \n]*$/u)
      expect(shown.split('\n').length).toBeLessThanOrEqual(JSON.stringify(value).length + 1)
    }),
    { numRuns: 500 },
  )
  expect(visibleJson({ a: ['x', 1, null, {}, []], 'b\u200B': { c: true } })).toBe(
    String.raw`{
  "a": [
    "x",
    1,
    null,
    {},
    []
  ],
  "b\u{200b}": {
    "c": true
  }
}`,
  )
})
