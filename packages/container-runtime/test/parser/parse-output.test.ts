import { expect, test } from 'vitest'
import { parseOutput } from '../../src/parser/parse-output.ts'

const knownNames = ['family', 'work']
const parse = (text: string) => parseOutput(text, { knownNames })

/** name, text, blocks as `to: body`, problems as `kind to`, visible text */
const table: readonly (readonly [string, string, string[], string[], string])[] = [
  ['a block', '<message to="family">Hi</message>', ['family: Hi'], [], ''],
  ['any case', '<MESSAGE To="family">Hi</Message>', ['family: Hi'], [], ''],
  ['single quotes', "<message to='family'>Hi</message>", ['family: Hi'], [], ''],
  [
    'a quote of the other kind inside',
    `<message to="family" x='"'>Hi</message>`,
    ['family: Hi'],
    [],
    '',
  ],
  [
    'white space in the opening tag',
    '<message\n to = "family" >Hi</message>',
    ['family: Hi'],
    [],
    '',
  ],
  [
    'more attributes, before and after',
    '<message a="1" to="family" b c=2>Hi</message>',
    ['family: Hi'],
    [],
    '',
  ],
  ['`>` in a quoted value', '<message x="a>b" to="family">Hi</message>', ['family: Hi'], [], ''],
  [
    '`<` in a quoted value',
    `<message x="a<b" y='<' to="family">Hi</message>`,
    ['family: Hi'],
    [],
    '',
  ],
  [
    'attributes without white space between',
    `<message to="family"reply_to="2"x='y'>Hi</message>`,
    ['family: Hi'],
    [],
    '',
  ],
  [
    '`<` in a value of the next tag',
    '<message to="family">x</message><message to="work" thread="t<1">secret for work</message>',
    ['family: x', 'work: secret for work'],
    [],
    '',
  ],
  ['without `to` it is text', '<message>Hi</message>', [], [], '<message>Hi</message>'],
  [
    'an unquoted `to` is text',
    '<message to=family>Hi</message>',
    [],
    ['malformed family'],
    '<message to=family>Hi</message>',
  ],
  [
    'an attribute that only ends in `to`',
    '<message goto="family">Hi</message>',
    [],
    [],
    '<message goto="family">Hi</message>',
  ],
  [
    'a longer word is no tag',
    '<messages to="family">Hi</message>',
    [],
    [],
    '<messages to="family">Hi</message>',
  ],
  [
    'white space after `<` is no tag',
    '< message to="family">Hi</message>',
    [],
    [],
    '< message to="family">Hi</message>',
  ],
  [
    'an unfinished tag is text',
    '<message to="family"',
    [],
    ['malformed family'],
    '<message to="family"',
  ],
  [
    'an unfinished tag without `to` is text',
    '<message thread="family',
    [],
    [],
    '<message thread="family',
  ],
  [
    'an unfinished value is text',
    '<message to="family>Hi</message>',
    [],
    ['malformed '],
    '<message to="family>Hi</message>',
  ],
  [
    'white space before `>` of a closing tag',
    '<message to="family">Hi</message \n>',
    ['family: Hi'],
    [],
    '',
  ],
  [
    'the last closing tag ends it',
    '<message to="family">a </message> b</message> c',
    ['family: a </message> b'],
    [],
    'c',
  ],
  [
    'the last one before the next opening tag',
    '<message to="family">a</message>x</message>y<message to="work">b</message>',
    ['family: a</message>x', 'work: b'],
    [],
    'y',
  ],
  [
    'an inner tag without `to` is body',
    '<message to="family"><message>x</message></message>',
    ['family: <message>x</message>'],
    [],
    '',
  ],
  [
    'bodies are trimmed, nothing is unescaped',
    '<message to="family">\n a &lt; b \n</message>',
    ['family: a &lt; b'],
    [],
    '',
  ],
  [
    'text around is scratchpad',
    'one <message to="family">Hi</message> two',
    ['family: Hi'],
    [],
    'one  two',
  ],
  ['unknown name', '<message to="nobody">x</message>', [], ['unknown-name nobody'], ''],
  ['names are exact', '<message to="Family">x</message>', [], ['unknown-name Family'], ''],
  ['empty name', '<message to="">x</message>', [], ['unknown-name '], ''],
  ['empty body', '<message to="family"> \n </message>', [], ['empty-body family'], ''],
  [
    'a self-closing tag has no body',
    '<message to="family"/> x </message>',
    [],
    ['empty-body family'],
    'x </message>',
  ],
  ['unclosed', 'a <message to="family">x', [], ['unclosed family'], 'a'],
  [
    'unclosed, then a good one',
    '<message to="family">x <message to="work">y</message>',
    ['work: y'],
    ['unclosed family'],
    '',
  ],
  [
    'problems do not hold back good blocks',
    '<message to="nobody">x</message><message to="work">y</message>',
    ['work: y'],
    ['unknown-name nobody'],
    '',
  ],
  ['a closing tag alone is text', 'a</message>b', [], [], 'a</message>b'],
  ['internal is removed', 'a<internal>b</internal>c', [], [], 'ac'],
  ['internal in any case', '<INTERNAL>b</Internal >c', [], [], 'c'],
  [
    'internal in a body',
    '<message to="family">a<internal>b</internal>c</message>',
    ['family: ac'],
    [],
    '',
  ],
  [
    'only internal in a body',
    '<message to="family"><internal>b</internal></message>',
    [],
    ['empty-body family'],
    '',
  ],
  [
    'a block inside internal is none',
    '<internal><message to="family">x</message></internal>',
    [],
    [],
    '',
  ],
  [
    'internal is removed before blocks are looked for',
    '<message to="family">a<internal></message></internal>b</message>',
    ['family: ab'],
    [],
    '',
  ],
  [
    'unclosed internal is text',
    '<internal><message to="family">x</message>',
    ['family: x'],
    [],
    '<internal>',
  ],
  ['a closing internal alone is text', 'a</internal>b', [], [], 'a</internal>b'],
  [
    'the first closing internal ends it',
    '<internal>a<internal>b</internal>c</internal>',
    [],
    [],
    'c</internal>',
  ],
  ['nothing at all', '', [], [], ''],
]

test.each(table)('%s', (_name, text, blocks, problems, visible) => {
  const parsed = parse(text)
  expect(parsed.blocks.map(({ to, text: body }) => `${to}: ${body}`)).toEqual(blocks)
  expect(parsed.problems.map(({ kind, to }) => `${kind} ${to}`)).toEqual(problems)
  expect(parsed.visibleText).toBe(visible)
})

test('thread and reply_to come with the block', () => {
  const [block] = parse('<message to="work" thread="t 1" reply_to="12">x</message>').blocks
  expect(block).toEqual({ to: 'work', text: 'x', thread: 't 1', replyTo: 12 })
})

test('a reply_to that is no number is left out', () => {
  expect(parse('<message to="work" reply_to="last">x</message>').blocks).toEqual([
    { to: 'work', text: 'x' },
  ])
})

test('an unknown name is answered with the known ones', () => {
  const [problem] = parse('<message to="nobody">x</message>').problems
  expect(problem?.message).toBe(
    'No destination is called "nobody", so this message was not sent. Known destinations: family, work.',
  )
})

test('without destinations the problem says so', () => {
  const [problem] = parseOutput('<message to="a">x</message>', { knownNames: [] }).problems
  expect(problem?.message).toContain('You have no destinations yet.')
})
