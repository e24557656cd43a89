import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isNanoclawError } from '@nanoclaw/schema'
import { acquireLock } from '@nanoclaw/schema/database'
import { channelsFolder } from './load-definition.ts'

/** How often it is looked whether the other one has ended. */
const lookMs = 100

/**
 * Does work that changes a home's channels: one at a time, in whatever processes. `waits` is called
 * once when somebody else is at it.
 * @throws what `work` throws; the signal's reason; NanoclawError `io`, `disk-full`.
 */
export async function withChannelsLock<T>(
  home: string,
  { signal, waits }: { readonly signal: AbortSignal; readonly waits: () => void },
  work: () => Promise<T>,
): Promise<T> {
  const folder = channelsFolder(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'lock.db')
  let lock = tryLock(path)
  if (lock === undefined) waits()
  for (; lock === undefined; lock = tryLock(path)) await pause(lookMs, undefined, { signal })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

function tryLock(path: string): { release(): void } | undefined {
  try {
    return acquireLock(path)
  } catch (error) {
    if (isNanoclawError(error) && error.code === 'home-in-use') return undefined
    throw error
  }
}
