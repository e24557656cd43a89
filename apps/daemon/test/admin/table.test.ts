import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { adminCommands } from '../../src/admin/table.ts'
import { buildProgram } from '../../src/program/build-program.ts'

const unused = (): never => {
  throw new Error('no command is run here')
}
const program = buildProgram({ version: '0', context: unused, run: { exitCode: 0 } })

/** Words as a shell takes them apart. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}

/** The command that a line names, and what is left of it. */
function commandOf(words: readonly string[], at: Command): { at: Command; rest: string[] } {
  const [first, ...others] = words
  const found = at.commands.find((one) => one.name() === first)
  return found === undefined ? { at, rest: [...words] } : commandOf(others, found)
}

describe.each(adminCommands.map((command) => [command.name, command] as const))(
  '%s',
  (name, command) => {
    it('says what it does in one line, and has an example', () => {
      expect(command.about).toMatch(/^[a-z].*[^.]$/)
      expect(command.examples).not.toEqual([])
    })

    it('has examples that can be typed', () => {
      for (const example of command.examples) {
        const [word, ...words] = shellWords(example)
        expect(word).toBe('nanoclaw')
        const { at, rest } = commandOf(words, program)
        // The first word of a group stands for its first command.
        const own = at.commands.find((one) => name.endsWith(` ${one.name()}`)) ?? at
        expect(`${example}`).toContain(`nanoclaw ${name.split(' ')[0]}`)
        const { operands, unknown } = own.parseOptions(rest)
        expect(unknown, example).toEqual([])
        const needed = command.words.filter(({ isOptional = false }) => !isOptional).length
        expect(operands.length, example).toBeGreaterThanOrEqual(needed)
        expect(operands.length, example).toBeLessThanOrEqual(command.words.length)
      }
    })

    it('has only words and flags that it understands', () => {
      const known = new Set(Object.keys(command.check(Object.fromEntries(sample(command)))))
      for (const [key] of sample(command)) expect([...known]).toContain(key)
    })
  },
)

/** What has a form of its own. */
const special: Readonly<Record<string, string>> = { mark: `1:${'0'.repeat(64)}` }

/** Something for every word and flag; choices as they are, names as names. */
function sample(command: (typeof adminCommands)[number]): [string, unknown][] {
  const words = command.words.map(({ name, choices }) => [name, choices?.[0] ?? '1'] as const)
  const flags = command.flags.map(({ form, choices }) => {
    const [, no, name = '', value] = /^--(no-)?([a-z-]+)(?: <(.+)>)?$/.exec(form) ?? []
    const key = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    return [
      key,
      value === undefined ? no === undefined : (choices?.[0] ?? special[key] ?? '1'),
    ] as const
  })
  return [...words, ...flags].map(([key, value]) => [key, value])
}
