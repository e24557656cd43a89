import { join } from 'node:path'
import {
  chooseDriver,
  createBwrapDriver,
  createProcessDriver,
  type SessionDriver,
} from '@nanoclaw/host'
import type { Config } from './config.ts'
import type { DaemonLog } from './log.ts'

/**
 * The driver that will run all containers: the one that was asked for, else the first that works
 * here, best isolation first.
 * @throws NanoclawError `driver-unavailable` with the remedy for this machine.
 */
export async function pickDriver(
  config: Config,
  { allScripted, logger }: { readonly allScripted: boolean; readonly logger: DaemonLog },
): Promise<SessionDriver> {
  const deps = { runFolder: join(config.layout.run, 'containers') }
  const uid = config.sandboxUid
  const { driver, passedOver } = await chooseDriver({
    candidates: [
      createBwrapDriver(deps, uid === undefined ? {} : { uid }),
      createProcessDriver(deps),
    ],
    allScripted,
    ...(config.driver === 'auto' ? {} : { operatorChoice: config.driver }),
  })
  for (const { name, reason } of passedOver) {
    logger.info({ driver: name, reason }, 'driver passed over')
  }
  return driver
}
