import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { userId } from '@nanoclaw/schema'
import { onTestFinished } from 'vitest'
import { copyFixture, databasesIn, type HomeDatabase } from '../../support/fixtures.ts'
import { startTestHost, type TestHost } from '../../system/support/test-host.ts'

/** A copy of a fixture, removed with the test. */
export function homeOf(fixture: string): string {
  const { home, remove } = copyFixture(fixture)
  onTestFinished(remove)
  return home
}

/** A host on a home, with the process driver and the built runner; stopped with the test. */
export async function startOn(home: string): Promise<TestHost> {
  const host = await startTestHost({ home })
  onTestFinished(() => host.stop())
  // Homes from before there were people: whoever wrote then is let in by the operator.
  const ann = { channelType: 'memory', channelInstance: '', handle: 'ann' }
  const isKnown = (await host.core.people.find(userId(ann))) !== undefined
  if (!isKnown) await host.core.people.add({ ...ann, role: { role: 'member' } })
  return host
}

/** Does something with an open database, and closes it. */
export function using<T>(
  { kind, path }: HomeDatabase,
  work: (database: OpenDatabase) => T,
  access: 'read-write' | 'read-only' = 'read-only',
): T {
  const database = openDatabase({ path, kind, access })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** The versions of a home's databases, each once. */
export function versionsIn(home: string): Readonly<Record<string, number>> {
  const entries = databasesIn(home).map((one) => [one.kind, using(one, ({ version }) => version)])
  return Object.fromEntries(entries)
}
