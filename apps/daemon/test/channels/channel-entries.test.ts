import { describe, expect, it } from 'vitest'
import { readChannels } from '../../src/config/channel-entries.ts'
import { problemText, type ConfigProblem } from '../../src/config/problems.ts'

const canary = 'canary-7f3a'

function read(value: unknown, env: NodeJS.ProcessEnv = {}) {
  const problems: ConfigProblem[] = []
  const entries = readChannels(value, 'config.json', env, problems)
  return { entries, problems: problems.length === 0 ? '' : problemText(problems) }
}

describe('the channels of config.json', () => {
  it('need no more than the name of a package', () => {
    expect(read([{ adapter: 'nanoclaw-adapter-x' }]).entries).toEqual([
      {
        adapter: 'nanoclaw-adapter-x',
        instance: '',
        options: {},
        chats: [],
        delivery: {},
        unset: [],
        fromEnvironment: [],
      },
    ])
  })

  it('take values from the environment, at any depth', () => {
    const options = { token: { env: 'T' }, deep: { list: [{ env: 'T' }, 'plain'] } }
    const { entries } = read([{ adapter: 'a', options }], { T: canary })
    expect(entries[0]).toMatchObject({
      options: { token: canary, deep: { list: [canary, 'plain'] } },
      fromEnvironment: [canary, canary],
      unset: [],
    })
  })

  it('tell which variables are not set, and leave those options out', () => {
    const options = { token: { env: 'T' }, deep: { key: { env: 'EMPTY' } } }
    const { entries } = read([{ adapter: 'a', options }], { EMPTY: '' })
    expect(entries[0]).toMatchObject({
      options: { deep: {} },
      unset: [
        { path: ['token'], variable: 'T' },
        { path: ['deep', 'key'], variable: 'EMPTY' },
      ],
    })
  })

  it('name a chat by its id where it has no other name', () => {
    const chats = [{ id: 'C1' }, { id: 'C2', name: 'kitchen' }, { name: 'garden' }]
    expect(read([{ adapter: 'a', chats }]).entries[0]?.chats).toEqual([
      { id: 'C1', name: 'C1' },
      { id: 'C2', name: 'kitchen' },
      { id: undefined, name: 'garden' },
    ])
  })

  it('say how their messages are delivered, in seconds', () => {
    const delivery = {
      maxAttempts: 3,
      retryBaseSeconds: 0.5,
      retryLongestSeconds: 60,
      timeoutSeconds: 10,
      unknownOutcome: 'ask',
    }
    expect(read([{ adapter: 'a', delivery }]).entries[0]?.delivery).toEqual({
      maxAttempts: 3,
      retryBaseMs: 500,
      retryLongestMs: 60_000,
      deliveryTimeoutMs: 10_000,
      unknownOutcome: 'ask',
    })
  })

  it.each([
    [{ maxAttempts: 0 }, /entry 1, "delivery.maxAttempts": expected a whole number from 1 to 1000/],
    [{ maxAttempts: 1.5 }, /"delivery.maxAttempts": expected a whole number from 1 to 1000/],
    [{ timeoutSeconds: '3' }, /entry 1, "delivery.timeoutSeconds": expected a number of seconds/],
    [{ retryBaseSeconds: 0 }, /"delivery.retryBaseSeconds": expected at least 0.001 seconds/],
    [{ timeoutSeconds: 3e6 }, /"delivery.timeoutSeconds": expected at most 2147483 seconds/],
    [{ unknownOutcome: 'drop' }, /"delivery.unknownOutcome": expected one of retry, ask/],
    [{ retries: 3 }, /entry 1, "delivery": Unrecognized key: "retries"/],
    [
      { retryBaseSeconds: 9, retryLongestSeconds: 3 },
      /"delivery": expected "retryLongestSeconds" to be no less than "retryBaseSeconds"/,
    ],
  ])('refuse the delivery %j, naming entry and field', (delivery, problem) => {
    expect(read([{ adapter: 'a', delivery }]).problems).toMatch(problem)
  })

  it('are refused where two are one: of the same adapter and instance', () => {
    const one = { adapter: 'a', instance: '' }
    const { problems } = read([{ adapter: 'a' }, { adapter: 'a', instance: 'b' }, one])
    expect(problems).toContain('entry 3: entry 1 has the same "adapter" and "instance"')
    expect(read([{ adapter: 'a' }, { adapter: 'a', instance: 'b' }]).problems).toBe('')
  })

  it.each([
    [{ adapter: 'a' }, /expected a list of channels/],
    [[{ options: { token: canary } }], /entry 1, "adapter": expected the name of a package/],
    [[{ adapter: 'a' }, { adapter: 'b', tokens: canary }], /entry 2, Unrecognized key: "tokens"/],
    [[{ adapter: 'a', instance: canary.repeat(9) }], /"instance": expected up to 64 letters/],
    [[{ adapter: 'a', options: canary }], /entry 1, "options": /],
    [[{ adapter: 'a', chats: [{}] }], /"chats.0": expected an "id" or a "name"/],
  ])('%j are refused, and no value is shown', (value, problem) => {
    const { problems, entries } = read(value)
    expect(problems).toMatch(problem)
    expect(problems).not.toContain(canary)
    expect(entries).toEqual([])
  })
})
