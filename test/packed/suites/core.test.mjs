// The suites of mailboxes and readers on those that core itself offers.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCore, createInProcessReader } from '@nanoclaw/core'
import { mailboxConformance, readerConformance } from '@nanoclaw/core/testing'

const temporaryHome = () => mkdtemp(join(tmpdir(), 'nanoclaw-suite-'))
const remove = (home) => rm(home, { recursive: true, force: true })

async function makeMailboxes() {
  const home = await temporaryHome()
  const core = await createCore({ home })
  return {
    store: core.mailboxes,
    async dispose() {
      await core.close()
      await remove(home)
    },
  }
}

async function makeReader() {
  const home = await temporaryHome()
  const core = await createCore({ home })
  const { layout } = core
  await core.close()
  return { layout, reader: createInProcessReader({ layout }), dispose: () => remove(home) }
}

for (const { name, run } of mailboxConformance(makeMailboxes)) test(name, run)
for (const { name, run } of readerConformance(makeReader)) test(name, run)
