import { join } from 'node:path'
import { createPowerControl } from '../power/support/control.ts'
import { buildPowerLibrary, powerWorks } from '../power/support/library.ts'

/** The wall clock of every daemon that is started with its environment. */
export interface DaemonClock {
  readonly env: Readonly<Record<string, string>>
  /** So far from the true time, in milliseconds; at once. */
  set(offsetMs: number): void
  close(): void
}

/** Keeps its files in a folder; undefined where the library cannot be built. */
export async function createDaemonClock(folder: string): Promise<DaemonClock | undefined> {
  if (!powerWorks) return undefined
  const library = await buildPowerLibrary(folder)
  const control = createPowerControl(join(folder, 'power'))
  return {
    env: { LD_PRELOAD: library, POWER_CONTROL: control.path },
    set: (offsetMs) => control.set('clockOffsetMs', offsetMs),
    close: () => control.close(),
  }
}
