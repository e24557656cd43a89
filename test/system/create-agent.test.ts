import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost, type TestHostOptions } from './support/test-host.ts'

const hosts = useTestHosts()

/** Who writes is an owner: what is granted to members holds. */
async function start(options?: TestHostOptions): Promise<TestHost> {
  const host = await hosts.start(options)
  const ann = { channelType: 'memory', channelInstance: '', handle: 'ann' }
  await host.core.people.add({ ...ann, role: { role: 'owner' } })
  return host
}

const patience = { timeout: 15_000, interval: 20 }
const results = `SELECT status FROM messages_in WHERE kind = 'system' ORDER BY seq`

async function allow({ core, agent }: TestHost): Promise<void> {
  const policy = {
    agentGroupId: agent.id,
    action: 'create_agent',
    policy: 'allow',
    by: 'operator',
  } as const
  await core.policies.set(policy)
}

const create = (values: object) => `!call create_agent ${JSON.stringify(values)}`
const send = (values: object) => `!call send_message ${JSON.stringify(values)}`

it('an agent that was made can be written to in the same turn, and answers', async () => {
  const host = await start({ isAdmin: true })
  await allow(host)
  const { core, agent, memory } = host
  const text = [
    create({ name: 'Research Er', instructions: 'Look things up.' }),
    send({ to: 'research-er', text: 'are you there?' }),
  ].join('\n')
  await memory.receive({ chatId: 'room', text })
  const { text: answer } = await memory.waitForDelivery(1)
  expect(answer).toContain('[create_agent] The agent "Research Er" is there.')
  expect(answer).toContain('[send_message] Sent to research-er')
  const child = (await core.agents.list()).find(({ name }) => name === 'Research Er')
  const file = join(core.layout.agent(child?.folder ?? ''), 'AGENTS.md')
  expect(await readFile(file, 'utf8')).toBe('Look things up.\n')
  const got = `SELECT content FROM messages_in WHERE channel_type = 'agent' ORDER BY seq`
  await vi.waitFor(async () => {
    const [mail] = await rowsInSession(host, 'inbound', got)
    expect(JSON.parse(String(mail?.content))).toMatchObject({
      text: 'echo: are you there?',
      sender: 'Research Er',
      senderId: child?.id,
    })
  }, patience)
  // The tool has taken the result: no turn was run for it.
  expect(await rowsInSession(host, 'inbound', results)).toMatchObject([{ status: 'completed' }])
  expect(await core.destinations.list(agent.id)).toHaveLength(2)
})

it('an agent without the right is told why, by the tool that it does not even have [X6]', async () => {
  const host = await start()
  await host.memory.receive({ chatId: 'room', text: create({ name: 'Bob' }) })
  const { text } = await host.memory.waitForDelivery(1)
  expect(text).toContain('There is no tool called create_agent')
  expect(await host.core.agents.list()).toHaveLength(1)
})

it('where a person has to approve it, the agent is told at once that it was submitted', async () => {
  const host = await start({ isAdmin: true })
  await host.memory.receive({ chatId: 'room', text: create({ name: 'Bob' }) })
  // Ada's answer; the person who is asked has the same chat.
  await host.memory.waitForDelivery(({ text }) => text.includes('Submitted'))
  expect(await host.core.agents.list()).toHaveLength(1)
  expect(await host.core.approvals.list()).toMatchObject([{ status: 'pending' }])
})
