import { channelState } from '@nanoclaw/schema/drizzle'
import { and, eq, sql } from 'drizzle-orm'
import type { CentralStore } from '../central/central-store.ts'

/** What one channel instance keeps across restarts: offsets, sync tokens. Durable. */
export interface ChannelState {
  /** Undefined where nothing has been set. */
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
  /** Does nothing where nothing has been set. */
  delete(key: string): Promise<void>
}

/** Channel state in the central database. */
export function createChannelState(
  store: CentralStore,
): (channelType: string, instance: string) => ChannelState {
  const { orm } = store
  const { channelType, channelInstance, key, value } = channelState
  const here = and(
    eq(channelType, sql.placeholder('channelType')),
    eq(channelInstance, sql.placeholder('channelInstance')),
    eq(key, sql.placeholder('key')),
  )
  const find = orm.select({ value }).from(channelState).where(here).prepare()
  const remove = orm.delete(channelState).where(here).prepare()
  const write = orm
    .insert(channelState)
    .values({
      channelType: sql.placeholder('channelType'),
      channelInstance: sql.placeholder('channelInstance'),
      key: sql.placeholder('key'),
      value: sql.placeholder('value'),
    })
    .onConflictDoUpdate({
      target: [channelType, channelInstance, key],
      set: { value: sql`excluded.value` },
    })
    .prepare()
  return (type, instance) => {
    const place = { channelType: type, channelInstance: instance }
    return {
      get: (name) => store.read(() => find.get({ ...place, key: name })?.value),
      set: (name, text) =>
        store.write('full', () => void write.run({ ...place, key: name, value: text })),
      delete: (name) => store.write('full', () => void remove.run({ ...place, key: name })),
    }
  }
}
