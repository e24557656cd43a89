import { runner } from '@nanoclaw/container-runtime'
import { createCore, type Core } from '@nanoclaw/core'
import { createHost, createProcessDriver, type Host, type HostOptions } from '@nanoclaw/host'
import { afterEach, beforeEach } from 'vitest'
import { temporaryHome } from './test-host.ts'

/** A home for each test of a file, and hosts of it as an embedder makes them. */
export interface BareHosts {
  /** Of the test's home; closed after the test. */
  core(): Core
  /** The test's home. */
  home(): string
  /** Not started; of the test's core and no adapters, but for what is given. To be stopped. */
  hostOf(options?: Partial<HostOptions>): Host
  /** An agent that answers in the chat `room` of the memory adapter; the chat's id. */
  wired(): Promise<string>
}

/** To be called once at the top of a test file. */
export function useBareHosts(): BareHosts {
  let current: { readonly core: Core; readonly home: string; remove(): Promise<void> } | undefined

  const the = () => {
    if (current === undefined) throw new Error('expected to be called inside a test')
    return current
  }

  beforeEach(async () => {
    const { home, remove } = await temporaryHome()
    current = { core: await createCore({ home }), home, remove }
  })
  afterEach(async () => {
    await current?.core.close()
    await current?.remove()
    current = undefined
  })

  return {
    core: () => the().core,
    home: () => the().home,
    hostOf: (options) =>
      createHost({
        core: the().core,
        adapters: [],
        driver: createProcessDriver,
        runner,
        ...options,
      }),
    wired: async () => {
      const { core } = the()
      const agent = await core.agents.create({ name: 'Ada' })
      const place = { channelType: 'memory', platformId: 'room' }
      await core.people.add({
        channelType: 'memory',
        channelInstance: '',
        handle: 'ann',
        role: { role: 'member' },
      })
      const chat = await core.chats.create({ ...place, name: 'room' })
      await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
      return chat.id
    },
  }
}
