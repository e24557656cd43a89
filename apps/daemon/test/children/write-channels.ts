// Writes the channels of `config.json` in the folder it is given, as `nanoclaw channels add` does.
import { join } from 'node:path'
import { writeStored } from '../../src/channels/stored-channels.ts'

const [home = '', ...adapters] = process.argv.slice(2)
for (const adapter of adapters) {
  await writeStored(join(home, 'config.json'), (channels) => [...channels, { adapter }])
}
process.kill(process.pid, 'SIGKILL')
