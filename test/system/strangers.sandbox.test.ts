import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBwrapDriver } from '@nanoclaw/host'
import { describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()

describe.skipIf(!bwrapWorks)(`in a sandbox${unlessBwrapWorks}`, () => {
  it('[X19] a session open to strangers writes into its own workspace, and reads the instructions', async () => {
    const { core, agent, host, chat, memory } = await start({
      driver: (deps) => createBwrapDriver(deps),
    })
    await core.chats.update(chat.id, { unknownSenders: 'public' })
    const folder = core.layout.agent(agent.folder)
    await writeFile(join(folder, 'AGENTS.md'), 'the operator’s word')
    const sender = { id: 'mallory', name: 'Mallory', isBot: false, isSelf: false }
    for (const text of ['!effect plant', '!effect AGENTS.md', '!effect plant']) {
      await memory.receive({ chatId: 'room', text, sender })
    }
    await host.whenQuiet(chat.id)
    const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
    const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
    const { workspace } = core.layout.session(agent.id, session.id)
    expect(existsSync(join(folder, 'plant'))).toBe(false)
    expect((await readFile(join(workspace, 'plant'), 'utf8')).trim().split('\n')).toHaveLength(2)
    expect(await readFile(join(folder, 'AGENTS.md'), 'utf8')).toBe('the operator’s word')
    expect(await readFile(join(workspace, 'AGENTS.md'), 'utf8')).toBe('the operator’s word')
  })
})
