import { runner } from '@nanoclaw/container-runtime'
import { createCore } from '@nanoclaw/core'
import { createBwrapDriver, createHost } from '@nanoclaw/host'
import { createBenchAdapter } from './bench-adapter.ts'

/** A host and nothing else: `idle-child.ts HOME`. Says when it is ready; ends when told anything. */
async function main(home: string): Promise<void> {
  const began = performance.now()
  const core = await createCore({ home })
  const opened = performance.now()
  const adapters = [createBenchAdapter()]
  const host = createHost({ core, adapters, driver: createBwrapDriver, runner })
  await host.start()
  const ready = performance.now()
  process.once('message', () => {
    void host
      .stop()
      .then(() => core.close())
      .then(() => process.disconnect())
  })
  process.send?.({ loaded: began, core: opened - began, host: ready - opened })
}

await main(process.argv[2] ?? '')
