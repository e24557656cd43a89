import { describe, expect, it } from 'vitest'
import { complete, type KnownNames } from '../src/program/complete.ts'
import { buildProgram } from '../src/program/build-program.ts'

const unused = (): never => {
  throw new Error('no command is run here')
}
const program = buildProgram({ version: '0', context: unused, run: { exitCode: 0 } })
const known: KnownNames = async (kind) => [{ value: `a-${kind}`, about: kind }]

async function values(...words: readonly string[]): Promise<readonly string[]> {
  return (await complete(program, words, known)).map(({ value }) => value)
}

describe('what can stand next', () => {
  it('is a command, and what is below it', async () => {
    expect(await values('')).toEqual(
      expect.arrayContaining(['start', 'agents', 'wire', 'channels']),
    )
    expect(await values('')).not.toContain('complete-words')
    expect(await values('de')).toEqual(['deliveries', 'destinations'])
    expect(await values('agents', 'c')).toEqual(['create'])
    expect(await values('channels', '')).toEqual(expect.arrayContaining(['add', 'remove']))
  })

  it('is a name of the home, where one is wanted', async () => {
    expect(await values('agents', 'show', '')).toEqual(['a-agent'])
    expect(await values('wire', '')).toEqual(['a-agent'])
    expect(await values('wire', 'ada', '')).toEqual(['a-chat'])
    expect(await values('wire', 'ada', 'kitchen', '')).toEqual([])
    expect(await values('destinations', 'grant', 'ada', 'a')).toEqual(['a-target'])
    expect(await values('destinations', 'a')).toEqual(['a-agent'])
    expect(await values('approvals', 'approve', '')).toEqual(['a-approval'])
    expect(await values('agents', 'create', '')).toEqual([])
    expect(await values('chat', '')).toEqual(['a-chat'])
  })

  it('is a flag, or one of its values', async () => {
    expect(await values('wire', 'ada', 'kitchen', '--e')).toEqual(['--engage'])
    expect(await values('wire', '--engage', '')).toContain('mention-sticky')
    expect(await values('wire', '--engage', 'pattern', 'ada', '')).toEqual(['a-chat'])
    expect(await values('sessions', 'list', '--agent', '')).toEqual(['a-agent'])
    expect(await values('users', 'grant', 'x:1', '')).toEqual(['owner', 'admin', 'member'])
    expect(await values('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(await values('policies', 'set', 'create_agent', 'a')).toEqual(['ask', 'allow'])
  })

  it('is nothing where nothing is known', async () => {
    expect(await values('nonsense', '')).toEqual([])
    expect(await values('agents', 'show', 'ada', '')).toEqual([])
  })
})
