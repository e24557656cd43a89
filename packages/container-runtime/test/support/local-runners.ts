import { afterEach } from 'vitest'
import { createScriptedProvider } from '../../src/providers/scripted.ts'
import { createManualProvider, type ManualTurn } from './manual-provider.ts'
import { startLocalRunner, type LocalRunner } from './runner-in-process.ts'
import { createSessionFolder, type SessionFolder } from './session-folder.ts'

/** Runners in the test's own process; every test file that imports this cleans up after each test. */
const sessions: SessionFolder[] = []
const runners: LocalRunner[] = []

afterEach(async () => {
  for (const { runner, code } of runners.splice(0)) {
    runner.finish()
    await code.catch(() => undefined)
  }
  for (const session of sessions.splice(0)) session.remove()
})

/** A session's folder, removed after the test. */
export function folder(journal?: 'wal' | 'delete'): SessionFolder {
  const session = createSessionFolder(journal)
  sessions.push(session)
  return session
}

async function start(...args: Parameters<typeof startLocalRunner>): Promise<LocalRunner> {
  const runner = await startLocalRunner(...args)
  runners.push(runner)
  return runner
}

/** A runner on a provider in the test's hands, and its first turn. */
export async function manual(session: SessionFolder, options: Parameters<typeof start>[2] = {}) {
  const provider = createManualProvider()
  const local = await start(session, provider, { graceMs: 0, ...options })
  const turn = async (nth: number): Promise<ManualTurn> => {
    await local.until(() => provider.turns.length > nth)
    return provider.turns[nth] as ManualTurn
  }
  return { ...local, provider, turn }
}

/** A runner with the scripted provider. */
export async function scripted(session: SessionFolder, options: Parameters<typeof start>[2] = {}) {
  return await start(session, createScriptedProvider({ crash: () => undefined }), options)
}

/** A runner whose provider never says anything, and ends only when it is cut off. */
export async function deaf(session: SessionFolder, options: Parameters<typeof start>[2] = {}) {
  const events: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  }
  const ignore = (): void => undefined
  const turn = { events, push: ignore, close: ignore, interrupt: ignore }
  return await start(session, { name: 'deaf', startTurn: () => turn }, options)
}

/** A block. */
export const say = (to: string, text: string): string => `<message to="${to}">${text}</message>`
/** Whether a row is answered, as a check for `until`. */
export const done = (session: SessionFolder, id: string) => () =>
  session.out().acks.get(id) === 'completed'
