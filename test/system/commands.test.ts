import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()
const people = { ann: 'member', boss: 'admin' } as const

async function scene(): Promise<TestHost> {
  const host = await start()
  for (const [handle, role] of Object.entries(people)) {
    const user = { channelType: 'memory', channelInstance: '', handle }
    await host.core.people.add({ ...user, role: { role } })
  }
  return host
}

function say({ memory }: TestHost, who: string, text: string, id?: string) {
  const sender = { id: who, name: who, isBot: false, isSelf: false }
  const named = id === undefined ? {} : { platformMessageId: id }
  return memory.receive({ chatId: 'room', text, sender, ...named })
}

function saidBy({ memory }: TestHost, text: string | RegExp) {
  return memory.waitForDelivery(({ text: said }) =>
    typeof text === 'string' ? said === text : text.test(said),
  )
}

describe('what people tell the host', () => {
  it('/stop ends the running turn within a second, and the queue goes on', async () => {
    const host = await scene()
    await say(host, 'ann', 'hello')
    await saidBy(host, 'echo: hello')
    await say(host, 'ann', '!effect begun\n!sleep 60000')
    const effect = join(host.core.layout.agent(host.agent.folder), 'begun')
    await expect.poll(() => existsSync(effect), { timeout: 10_000, interval: 10 }).toBe(true)
    const begun = performance.now()
    expect(await say(host, 'ann', '/stop')).toEqual({ outcome: 'accepted' })
    await say(host, 'ann', 'and now?')
    await saidBy(host, 'echo: and now?')
    expect(performance.now() - begun).toBeLessThan(1_000)
    await saidBy(host, 'Ada was told to stop.')
  })

  it('/clear is for admins: others are told so, and nothing is forgotten', async () => {
    const host = await scene()
    await say(host, 'ann', 'hello')
    await saidBy(host, 'echo: hello')
    const epoch = async () => (await host.core.sessions.forChat(host.chat.id))[0]?.epoch
    const before = await epoch()
    expect(await say(host, 'ann', '/clear')).toEqual({ outcome: 'accepted' })
    await saidBy(host, '/clear is for admins of Ada; nothing was changed.')
    expect(await epoch()).toBe(before)
    const kinds = async () =>
      (await host.core.audit.list()).map(({ kind, actor }) => `${kind} ${actor}`)
    expect(await kinds()).not.toContain('session-cleared memory:boss')
    expect(await say(host, 'boss', '/clear', 'c1')).toEqual({ outcome: 'accepted' })
    await saidBy(host, 'Ada has forgotten this conversation.')
    expect(await say(host, 'boss', '/clear', 'c1')).toEqual({ outcome: 'duplicate' })
    expect((await kinds()).filter((kind) => kind === 'session-cleared memory:boss')).toHaveLength(1)
    await say(host, 'ann', 'are you there?')
    await saidBy(host, 'echo: are you there?')
  })

  it('/status and /help answer, no agent sees them, and no session is made for them', async () => {
    const host = await scene()
    await say(host, 'ann', '/status')
    await saidBy(host, 'Ada has no conversation here yet.')
    await say(host, 'ann', ' /HELP ')
    await saidBy(host, /^\/stop ends/)
    expect(await host.core.sessions.list({})).toEqual([])
    await say(host, 'ann', '/stop')
    await saidBy(host, 'Ada has no conversation here yet.')
    await say(host, 'ann', '/helpless')
    await saidBy(host, 'echo: /helpless')
    await say(host, 'ann', '/status')
    await saidBy(host, /^Ada is awake/)
  })

  it('a stranger’s command is a stranger’s message; in a public chat they are told no', async () => {
    const host = await scene()
    expect(await say(host, 'mallory', '/clear')).toMatchObject({ outcome: 'rejected' })
    expect(await host.core.incidents.list()).toMatchObject([{ kind: 'unknown-sender' }])
    await host.core.chats.update(host.chat.id, { unknownSenders: 'public' })
    expect(await say(host, 'mallory', '/stop')).toEqual({ outcome: 'accepted' })
    await saidBy(host, '/stop is for members of Ada; nothing was changed.')
  })
})
