import { HarnessLacks } from './broken-promise.ts'
import { HOW_TO_DO_WITHOUT, leaveOut } from './facets.ts'
import type { ConformancePlatform, PlatformFault } from './harness.ts'

type OptionalOfPlatform = keyof typeof HOW_TO_DO_WITHOUT
type PlatformWith<K extends keyof ConformancePlatform> = ConformancePlatform &
  Required<Pick<ConformancePlatform, K>>

/** What a platform can play only if its harness says so. */
export interface Abilities {
  fail(fault: PlatformFault): void
  /** The platform with these, or a failure that says how to supply them or do without. */
  need<K extends OptionalOfPlatform>(...names: readonly K[]): PlatformWith<K>
}

/** Asks for what a test needs of this platform. */
export function createAbilities(platform: ConformancePlatform): Abilities {
  return {
    fail: (fault) => {
      if (platform.fail === undefined) throw new HarnessLacks('platform.fail', leaveOut(fault))
      platform.fail(fault)
    },
    need: (...names) => {
      if (has(platform, names)) return platform
      const [name] = names.filter((one) => platform[one] === undefined)
      throw new HarnessLacks(`platform.${name}`, name === undefined ? '' : HOW_TO_DO_WITHOUT[name])
    },
  }
}

function has<K extends OptionalOfPlatform>(
  platform: ConformancePlatform,
  names: readonly K[],
): platform is PlatformWith<K> {
  return names.every((name) => platform[name] !== undefined)
}
