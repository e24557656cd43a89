// A host and nothing else: `idle-child.mjs HOME`. Says when it is ready; ends when told anything.
// JavaScript, because what Node needs to read TypeScript would count as the host's memory.
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { runner } from '@nanoclaw/container-runtime'
import { createCore } from '@nanoclaw/core'
import { createBwrapDriver, createHost } from '@nanoclaw/host'

const began = performance.now()
const core = await createCore({ home: process.argv[2] ?? '' })
const opened = performance.now()
const adapters = [createMemoryAdapter()]
const host = createHost({ core, adapters, driver: createBwrapDriver, runner })
await host.start()
const ready = performance.now()
process.once('message', async () => {
  await host.stop()
  await core.close()
  process.disconnect()
})
process.send?.({ loaded: began, core: opened - began, host: ready - opened })
