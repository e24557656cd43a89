import { afterEach, beforeEach, expect, it } from 'vitest'
import { configure, headless, listed, stop } from './support/configured-home.ts'
import { temporaryHome, type TestHome } from './support/daemon.ts'

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

async function forget(...flags: readonly string[]) {
  const { code, stdout } = await home.run(['forget', 'played:u1', '--json', ...flags])
  return { code, found: JSON.parse(stdout) }
}

it('forgets a person in the daemon that runs, and where none does', async () => {
  expect(await forget('--dry-run')).toMatchObject({ code: 1, found: { code: 'not-found' } })
  expect(await home.run(['forget', 'u1', '--yes'])).toMatchObject({ code: 2, stdout: '' })
  const channel = await configure(home)
  const daemon = await headless(home)
  const say = async (text: string): Promise<void> => {
    await channel.say(text)
    const arrives = `echo: ${text}`
    await listed(home, text, (one) => one.text === arrives && one.status === 'delivered')
  }
  const theirs = { isWhole: true, inbound: 1, deliveries: 1 }
  await say('to the daemon')
  expect(await forget('--dry-run')).toMatchObject({
    code: 0,
    found: { dryRun: true, sessions: [theirs] },
  })
  // Nobody can be asked: it changes nothing.
  expect(await forget()).toMatchObject({ code: 2, found: { type: 'error' } })
  expect(await forget('--yes')).toMatchObject({
    code: 0,
    found: { dryRun: false, sessions: [theirs] },
  })
  expect(await forget('--yes')).toMatchObject({ code: 0, found: { sessions: [] } })
  await say('kept until later')
  await stop(daemon)

  const plan = await home.run(['forget', 'played:u1', '--dry-run'])
  expect(plan).toMatchObject({ code: 0, stderr: '' })
  expect(plan.stdout).toMatch(
    /^Of played:u1 would be removed:\n {2}sess-\S+ {2}1 messages, 1 answers/,
  )
  expect(plan.stdout).toContain('Not reached:\n')
  expect(await forget('--yes')).toMatchObject({ code: 0, found: { sessions: [theirs] } })
  const { stdout } = await home.run(['forget', 'played:u1', '--yes'])
  expect(stdout).toMatch(/^Nothing of played:u1 is in any session\.\n/)
})
