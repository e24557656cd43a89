import { expect, test } from 'vitest'
import { parseOutput } from '../../src/parser/parse-output.ts'

const knownNames = ['family', 'work']
const fence = '```'

/** name, text, blocks as `to: body`, problems as `kind to`, visible text */
const table: readonly (readonly [string, string, string[], string[], string])[] = [
  [
    'a tag in a fence is text',
    `${fence}\n<message to="family">x</message>\n${fence}`,
    [],
    [],
    `${fence}\n<message to="family">x</message>\n${fence}`,
  ],
  [
    'a fence with a language',
    `${fence}xml\n<message to="family">x</message>\n${fence}\n`,
    [],
    [],
    `${fence}xml\n<message to="family">x</message>\n${fence}`,
  ],
  [
    'a fence of tildes',
    '~~~\n<message to="family">x</message>\n~~~',
    [],
    [],
    '~~~\n<message to="family">x</message>\n~~~',
  ],
  [
    'the other character does not close',
    `${fence}\n~~~\n<message to="family">x</message>`,
    ['family: x'],
    [],
    `${fence}\n~~~`,
  ],
  [
    'a shorter run does not close',
    `${fence}\`\n${fence}\n<message to="family">x</message>\n${fence}\``,
    [],
    [],
    `${fence}\`\n${fence}\n<message to="family">x</message>\n${fence}\``,
  ],
  [
    'a longer run closes',
    `${fence}\n${fence}\`\n<message to="family">x</message>`,
    ['family: x'],
    [],
    `${fence}\n${fence}\``,
  ],
  [
    'an unclosed fence is none',
    `${fence}\n<message to="family">x</message>`,
    ['family: x'],
    [],
    fence,
  ],
  [
    'a run in the middle of a line is none',
    `a ${fence}\n<message to="family">x</message>\n${fence}`,
    ['family: x'],
    [],
    `a ${fence}\n\n${fence}`,
  ],
  [
    'two backticks are no fence',
    '``\n<message to="family">x</message>\n``',
    ['family: x'],
    [],
    '``\n\n``',
  ],
  [
    'a fence in a body belongs to it',
    `<message to="family">${fence}\nx\n${fence}</message>`,
    [`family: ${fence}\nx\n${fence}`],
    [],
    '',
  ],
  [
    'a fence begun in a body does not hide tags',
    `<message to="family">a\n${fence}\n</message>\n<message to="work">b</message>\n${fence}`,
    [`family: a\n${fence}`, 'work: b'],
    [],
    fence,
  ],
  [
    'a fence after a block hides its example',
    `<message to="family">a</message>\n${fence}\n<message to="work">b</message>\n${fence}`,
    ['family: a'],
    [],
    `${fence}\n<message to="work">b</message>\n${fence}`,
  ],
  [
    'a block after a fence',
    `${fence}\nx\n${fence}\n<message to="family">a</message>`,
    ['family: a'],
    [],
    `${fence}\nx\n${fence}`,
  ],
  [
    'a broken tag in a fence is text',
    `${fence}\n<message to=family>x</message>\n${fence}`,
    [],
    [],
    `${fence}\n<message to=family>x</message>\n${fence}`,
  ],
]

test.each(table)('%s', (_name, text, blocks, problems, visible) => {
  const parsed = parseOutput(text, { knownNames })
  expect(parsed.blocks.map(({ to, text: body }) => `${to}: ${body}`)).toEqual(blocks)
  expect(parsed.problems.map(({ kind, to }) => `${kind} ${to}`)).toEqual(problems)
  expect(parsed.visibleText).toBe(visible)
})
