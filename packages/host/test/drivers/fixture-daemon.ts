import { createBwrapDriver } from '../../src/drivers/bwrap.ts'
import type { ContainerSpec } from '../../src/drivers/port.ts'
import { createProcessDriver } from '../../src/drivers/process.ts'

// A daemon that does nothing but run one container, until it is killed.
// Arguments: the driver's name, its run folder, the spec without its log.
const [name, runFolder = '', spec = '{}'] = process.argv.slice(2)
const driver =
  name === 'bwrap' ? createBwrapDriver({ runFolder }) : createProcessDriver({ runFolder })
const parsed: Omit<ContainerSpec, 'log'> = JSON.parse(spec)
await driver.start({ ...parsed, log: (line) => process.stderr.write(`${line}\n`) })
process.stdout.write('started\n')
setInterval(() => undefined, 1000)
