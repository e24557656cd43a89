import { describe, expect, it } from 'vitest'
import { readNotices } from '../../src/config/notices.ts'
import { readOperator } from '../../src/config/operator-entries.ts'
import { problemText, type ConfigProblem } from '../../src/config/problems.ts'

const canary = 'canary-7f3a'

function read(value: unknown, env: NodeJS.ProcessEnv = {}) {
  const problems: ConfigProblem[] = []
  const entries = readOperator(value, 'config.json', env, problems)
  return { entries, problems: problems.length === 0 ? '' : problemText(problems) }
}

describe('the ways to the operator', () => {
  it('are chats, commands and webhooks, in the order in which they are asked', () => {
    const { entries, problems } = read([
      { channel: 'terminal', chat: 'local' },
      { channel: 'slack', instance: 'second', chat: 'C1', thread: 'T1' },
      { command: ['mail', '-s', 'nanoclaw', 'ann'] },
      { webhook: 'https://example.org/hook' },
    ])
    expect(problems).toBe('')
    expect(entries).toEqual([
      { way: 'place', channelType: 'terminal', instance: '', chatId: 'local', threadId: null },
      { way: 'place', channelType: 'slack', instance: 'second', chatId: 'C1', threadId: 'T1' },
      { way: 'command', command: ['mail', '-s', 'nanoclaw', 'ann'], env: {} },
      expect.objectContaining({ way: 'webhook', url: 'https://example.org/hook', headers: {} }),
    ])
  })

  it('take addresses and headers from the environment; all of them count as secrets', () => {
    const stored = {
      webhook: { env: 'HOOK' },
      headers: { Authorization: { env: 'TOKEN' }, 'X-Plain': 'plain' },
    }
    const env = { HOOK: 'https://example.org/secret', TOKEN: canary }
    const [entry] = read([stored], env).entries
    expect(entry).toMatchObject({
      url: 'https://example.org/secret',
      headers: { Authorization: canary, 'X-Plain': 'plain' },
      unset: [],
    })
    const secrets = entry?.way === 'webhook' ? entry.secrets : []
    expect(secrets).toEqual(expect.arrayContaining([canary, env.HOOK, 'plain']))
  })

  it('run a command with what programs need of the environment, and with no keys', () => {
    const env = { PATH: '/bin', HOME: '/home/ann', LC_ALL: 'C', OPENAI_API_KEY: canary }
    expect(read([{ command: ['a'] }], env).entries).toEqual([
      { way: 'command', command: ['a'], env: { PATH: '/bin', HOME: '/home/ann', LC_ALL: 'C' } },
    ])
  })

  it('tell which variables are not set; other commands need none of them', () => {
    const stored = { webhook: 'https://x', headers: { Authorization: { env: 'TOKEN' } } }
    const { entries, problems } = read([stored])
    expect(problems).toBe('')
    const unset = [{ path: ['headers', 'Authorization'], variable: 'TOKEN' }]
    expect(entries).toEqual([expect.objectContaining({ headers: {}, unset })])
  })

  it.each([
    [{ channel: 'a' }, /: expected a list of ways to the operator/],
    [['ann'], /entry 1, expected one of "channel", "command" and "webhook"/],
    [[{}], /entry 1, expected one of "channel", "command" and "webhook"/],
    [[{ command: ['a'], webhook: 'https://x' }], /entry 1, expected one of "channel"/],
    [[{ channel: 'a' }], /entry 1, "chat": expected the id of a chat/],
    [[{ channel: 'a', chat: 'b', colour: canary }], /entry 1, Unrecognized key: "colour"/],
    [[{ command: canary }], /entry 1, "command": expected a list: a program and its arguments/],
    [[{ command: [] }], /entry 1, "command.0": expected a program/],
    [[{ command: ['a', 7] }], /entry 1, "command.1": expected a text/],
    [[{ webhook: `ftp://${canary}` }], /entry 1, "webhook": expected an address that begins with/],
    [[{ webhook: 7 }], /entry 1, "webhook": expected an address, or \{ "env": NAME \}/],
    [
      [{ command: ['a'] }, { webhook: 'https://x', headers: { a: 7 } }],
      /entry 2, "headers.a": expected a text, or \{ "env": NAME \}/,
    ],
  ])('%j are refused with entry and field, and no value is shown', (value, problem) => {
    const { problems, entries } = read(value)
    expect(problems).toMatch(problem)
    expect(problems).not.toContain(canary)
    expect(entries.length).toBeLessThan(2)
  })
})

describe('the notices in chats', () => {
  const notices = (value: unknown) => {
    const problems: ConfigProblem[] = []
    return { found: readNotices(value, 'config.json', problems), problems }
  }

  it('are words of one’s own, any of them, or none at all', () => {
    expect(notices({ unanswered: 'Später.' }).found).toEqual({ unanswered: 'Später.' })
    const all = { unanswered: 'no', waiting: 'later', recovered: 'yes' }
    expect(notices(all).found).toEqual(all)
    expect(notices({}).found).toEqual({})
    expect(notices(false).found).toBe(false)
  })

  it.each([
    [true, 'expected false, or an object with "unanswered", "waiting" and "recovered"'],
    [{ unanswered: ' ' }, '"unanswered": expected a text, which may not be empty'],
    [{ recovered: 7 }, '"recovered": expected a text'],
    [{ recovered: 'x'.repeat(2001) }, '"recovered": expected at most 2000 characters'],
  ])('are refused with field and reason, number %#', (value, problem) => {
    expect(notices(value)).toEqual({
      found: undefined,
      problems: [{ source: 'config.json', problem }],
    })
  })
})
