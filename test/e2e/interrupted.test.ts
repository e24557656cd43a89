import { createCore } from '@nanoclaw/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { configure, headless, listed, stop } from './support/configured-home.ts'
import { eventually, temporaryHome, type Run, type TestHome } from './support/daemon.ts'
import { centralRows } from './support/home-files.ts'
import type { PlayedChannel } from './support/played-channel.ts'
import { killTree, runnerOf } from './support/processes.ts'

let home: TestHome
let channel: PlayedChannel
let daemon: Run

/** An agent that is asked about, in the middle of a turn that has an effect and then takes time. */
beforeEach(async () => {
  home = await temporaryHome()
  const core = await createCore({ home: home.home })
  await core.agents.create({ name: 'nano', provider: 'scripted', onInterrupted: 'ask' })
  await core.close()
  channel = await configure(home)
  daemon = await headless(home)
  await channel.say('!sleep 60000')
})

afterEach(() => home.remove())

/** The runner is killed while it works; gives the incident and the message that it is about. */
async function interrupted(): Promise<{ readonly incident: string; readonly message: string }> {
  const runner = await eventually('a runner works', async () => {
    const { stdout } = await home.run(['status', '--json'])
    return JSON.parse(stdout).host.containers === 1 ? await runnerOf(daemon.pid) : undefined
  })
  const message = await eventually('its message is claimed', async () => {
    const id = await inboundId()
    if (id === undefined) return undefined
    return (await home.run(['trace', id])).stdout.includes('claimed') ? id : undefined
  })
  await killTree(runner.pid)
  const incident = await eventually('a person is asked', async () => {
    const { stdout } = await home.run(['incidents', '--json'])
    const open: readonly { id: string; kind: string }[] = JSON.parse(stdout).incidents
    return open.find(({ kind }) => kind === 'turn-interrupted')?.id
  })
  return { incident, message }
}

/** The only message that somebody has written. */
async function inboundId(): Promise<string | undefined> {
  const [session] = centralRows(home.home, 'SELECT id, agent_group_id FROM sessions')
  if (session === undefined) return undefined
  await using core = await createCore({ home: home.home })
  await using mailbox = await core.mailboxes.openExisting(
    String(session.agent_group_id),
    String(session.id),
  )
  return (await mailbox?.pending(1))?.[0]?.id
}

it('an interrupted message is let be: it ends failed, and the chat is told', async () => {
  const { incident, message } = await interrupted()
  expect((await home.run(['status'])).code).toBe(4)
  const resolved = await home.run(['incidents', '--resolve', incident])
  expect(resolved).toMatchObject({ code: 0, stdout: `Resolved ${incident}.\n`, stderr: '' })
  await listed(home, 'the chat is told', ({ agent, text, inReplyTo }) => {
    return agent === 'nanoclaw' && text.includes('could not be answered') && inReplyTo === message
  })
  expect((await home.run(['trace', message])).stdout).toMatch(/ failed/)
  expect((await home.run(['incidents'])).stdout).not.toContain('turn-interrupted')
})

it('an interrupted message is worked on again after a requeue, also after a restart', async () => {
  const { incident, message } = await interrupted()
  await stop(daemon)
  const without = await home.run(['incidents', '--resolve', incident])
  expect([without.code, without.stdout]).toEqual([3, ''])
  expect(without.stderr).toContain('one has to say in the chat that the message is not answered')
  expect((await home.run(['incidents'])).stdout).toContain(incident)

  daemon = await headless(home)
  const requeued = await home.run(['requeue', message])
  expect(requeued).toMatchObject({
    code: 0,
    stdout: `${message} waits for its agent again.\n`,
    stderr: '',
  })
  await eventually('it is claimed a second time', async () =>
    /claimed .*; .*2/.test((await home.run(['trace', message])).stdout),
  )
  expect((await home.run(['incidents'])).stdout).not.toContain('turn-interrupted')
})
