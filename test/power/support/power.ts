import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPowerControl, type PowerControl } from './control.ts'
import { cutPower } from './power-cut.ts'
import type { Random } from './random.ts'

/** A folder whose disk forgets what was not synced when the power goes. */
export interface PoweredFolder {
  /** Canonical. */
  readonly root: string
  /** For every program that writes below it. */
  readonly env: Readonly<Record<string, string>>
  readonly control: PowerControl
  /** To be called when all those programs have ended; then they may be started again. */
  cut(random?: Random): void
  /** The same after a kill alone: nothing is lost, and nothing that was not synced is safe yet. */
  restore(): void
  remove(): void
}

/** Makes an empty one; `library` as `buildPowerLibrary` makes it. */
export function createPoweredFolder(library: string): PoweredFolder {
  // Short, so that a socket in it fits.
  const base = realpathSync(mkdtempSync(join(tmpdir().length <= 40 ? tmpdir() : '/tmp', 'np-')))
  const [root, state] = [join(base, 'home'), join(base, 'state')]
  for (const folder of [root, ...['', 'data', 'names', 'limbo'].map((name) => join(state, name))]) {
    mkdirSync(folder)
  }
  const control = createPowerControl(join(base, 'control'))
  const restore = (): void => {
    for (const field of ['cutAfter', 'isCut', 'operations'] as const) control.set(field, 0)
  }
  return {
    root,
    env: {
      LD_PRELOAD: library,
      POWER_ROOT: root,
      POWER_STATE: state,
      POWER_CONTROL: control.path,
    },
    control,
    cut(random) {
      cutPower({ root, state, ...(random === undefined ? {} : { random }) })
      restore()
    },
    restore,
    remove() {
      control.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}
