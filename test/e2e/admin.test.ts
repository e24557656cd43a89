import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { headless, stop } from './support/configured-home.ts'
import { temporaryHome, type Ended, type TestHome } from './support/daemon.ts'

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

/** Runs a command that has to go well; gives what it prints. */
async function well(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run(args)
  expect([code, stderr], args.join(' ')).toEqual([0, ''])
  return stdout
}

const asJson = async (...args: readonly string[]) => JSON.parse(await well(...args, '--json'))

const refused = async (code: number, why: RegExp, ...args: readonly string[]): Promise<Ended> => {
  const ended = await home.run(args)
  expect([ended.code, ended.stdout], args.join(' ')).toEqual([code, ''])
  expect(ended.stderr).toMatch(why)
  return ended
}

/** Two agents, two chats, and who may write to whom. */
async function furnish(): Promise<void> {
  expect(await well('agents', 'create', 'Ada')).toMatch(/^Made Ada \(ag-.*\n.*AGENTS\.md\nNext: /)
  await well('agents', 'create', 'Bob', '--admin')
  await well('chats', 'add', 'far:kitchen', '--name', 'Kitchen')
  await well('wire', 'ada', 'kitchen', '--engage', 'mention')
  await well('destinations', 'grant', 'bob', 'agent:ada', '--name', 'helper', '--when', 'anyone')
}

async function expectFurnished(): Promise<void> {
  const { agents } = await asJson('agents')
  expect(agents).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'Ada', isAdmin: false, chats: ['Kitchen'] }),
      expect.objectContaining({ name: 'Bob', isAdmin: true, chats: [] }),
    ]),
  )
  expect(await well('destinations', 'bob')).toMatch(/Bob +helper +anyone +agent:Ada\n$/)
}

const patience = { timeout: 120_000 }

describe('agents, chats, wirings and destinations', () => {
  it('are made where no daemon runs, and the next one has them', patience, async () => {
    await refused(1, /nothing is kept in .* yet; begin with npm start, or: nano/, 'agents')
    await furnish()
    await expectFurnished()
    const daemon = home.start(['start', '--headless'], { env: { NANOCLAW_DRIVER: 'process' } })
    await daemon.until((stderr) => stderr.includes('Ada answers'), 'stderr')
    expect(await well('agents', 'show', 'ada')).toMatch(/Hears: +Kitchen[^]*Hears: +terminal/)
    await stop(daemon)
  })

  it('are made in the daemon that runs', patience, async () => {
    const daemon = await headless(home)
    await furnish()
    await expectFurnished()
    await refused(1, /no agent "bbo"; did you mean bob, Bob\?/, 'agents', 'show', 'bbo')
    await stop(daemon)
    await expectFurnished()
  })
})

it(
  'several agents talk in several chats of the terminal, also after a restart',
  patience,
  async () => {
    const daemon = await headless(home)
    await well('agents', 'create', 'Ada')
    await well('chats', 'add', 'terminal', '--name', 'Kitchen')
    await refused(
      1,
      /no agent listens to Kitchen; have one: nanoclaw wire AGENT K/,
      'chat',
      'kitchen',
    )
    await refused(1, /no chat "kitchn"; did you mean Kitchen\?/, 'chat', 'kitchn')
    await well('wire', 'ada', 'kitchen')
    const said = await home.run(['chat', 'kitchen'], 'hello\n')
    expect(said).toMatchObject({ code: 0, stdout: 'Ada> echo: hello\n', stderr: '' })
    expect(await home.run(['chat'], 'hello\n')).toMatchObject({ stdout: 'nano> echo: hello\n' })
    await stop(daemon)

    const next = await headless(home)
    const again = await home.run(['chat', 'kitchen'], 'again\n')
    expect(again).toMatchObject({ code: 0, stdout: 'Ada> echo: again\n', stderr: '' })
    await stop(next)
  },
)

describe('what cannot be done', () => {
  it('is said with what to type instead', patience, async () => {
    await refused(
      2,
      /"crate" is no command of nanoclaw agents; did you mean cre/,
      'agents',
      'crate',
    )
    await refused(2, /unknown command 'agnts' \(Did you mean agents\?\)/, 'agnts')
    await refused(2, /expected a whole number from 1 to/, 'sessions', 'list', '--limit', '0')
    const wrong = ['destinations', 'grant', 'ada', 'bob', '--when', 'never']
    await refused(2, /Allowed choices are members, anyone/, ...wrong)
    await refused(1, /expected a place as CHANNEL:ID/, 'chats', 'add', 'kitchen')
  })

  it('is an object for programs, too', async () => {
    const { code, stdout } = await home.run(['chats', 'add', 'kitchen', '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { type: 'error', code: 'bad-option', message: expect.stringContaining('"kitchen"') },
    ])
  })
})
