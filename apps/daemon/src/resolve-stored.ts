import { existsSync } from 'node:fs'
import { createCore } from '@nanoclaw/core'
import { timestamp, type HomeLayout } from '@nanoclaw/schema'
import { CommandFailure, exitCodes } from './failure.ts'
import { holdHome } from './home.ts'
import { resolveIncident } from './incidents.ts'

/**
 * Resolves an open incident of a home that no daemon runs on; false when none has that id. The
 * next daemon goes on with what waits in a session that was in quarantine.
 * @throws CommandFailure `not-running` for one that a daemon has to resolve; NanoclawError
 *   `bad-state` for one that is settled otherwise; `home-in-use` when a daemon has been started meanwhile; `io`, `corrupt`,
 *   `newer-schema`.
 */
export async function resolveStored(layout: HomeLayout, id: string): Promise<boolean> {
  if (!existsSync(layout.centralDb)) return false
  const home = holdHome(layout, new Date().toISOString())
  try {
    const core = await createCore({ home: layout.home })
    try {
      return await resolveIncident(core, id, {
        release: (sessionId) => core.sessions.ensureDue(sessionId, timestamp(core.clock)),
        letBe: () => Promise.reject(needsDaemon(layout)),
      })
    } finally {
      await core.close()
    }
  } finally {
    home.release()
  }
}

function needsDaemon({ home }: HomeLayout): CommandFailure {
  const message = `no daemon runs on ${home}, and one has to say in the chat that the message is not answered; start one with npm start`
  return new CommandFailure(exitCodes.notRunning, 'not-running', message)
}
