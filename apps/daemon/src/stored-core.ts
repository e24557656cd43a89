import { existsSync } from 'node:fs'
import { createCore, type Core } from '@nanoclaw/core'
import type { Config } from './config.ts'
import { CommandFailure, exitCodes } from './failure.ts'
import { holdHome } from './home.ts'

/**
 * Works on what a home holds that no daemon runs on. Who changes something holds the home meanwhile,
 * and makes it where it is missing; who only looks holds nothing.
 * @throws CommandFailure `not-found` for a look at a home that holds nothing yet; NanoclawError
 *   `home-in-use` for a change when a daemon has been started meanwhile; `io`, `corrupt`, `newer-schema`.
 */
export async function withStoredCore<T>(
  { home, layout }: Pick<Config, 'home' | 'layout'>,
  does: 'look' | 'change',
  work: (core: Core) => Promise<T>,
): Promise<T> {
  if (does === 'look') {
    if (!existsSync(layout.centralDb)) throw nothingYet(home)
    await using core = await createCore({ home })
    return await work(core)
  }
  const held = holdHome(layout, new Date().toISOString())
  try {
    await using core = await createCore({ home })
    return await work(core)
  } finally {
    held.release()
  }
}

function nothingYet(home: string): CommandFailure {
  const message = `nothing is kept in ${home} yet; begin with npm start, or: nanoclaw agents create NAME`
  return new CommandFailure(exitCodes.failed, 'not-found', message)
}
