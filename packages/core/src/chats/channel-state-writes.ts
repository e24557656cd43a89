import { channelState } from '@nanoclaw/schema/drizzle'
import { and, eq, sql } from 'drizzle-orm'
import type { WriteTools } from '../central/write-tools.ts'

/** One thing that a channel instance keeps. */
export interface ChannelStateName {
  readonly channelType: string
  readonly channelInstance: string
  readonly key: string
}

const { channelType, channelInstance, key } = channelState

/** Which row it is in. */
export const isNamed = and(
  eq(channelType, sql.placeholder('channelType')),
  eq(channelInstance, sql.placeholder('channelInstance')),
  eq(key, sql.placeholder('key')),
)

/** What is written of the state of channels. */
export function channelStateWrites({ orm }: WriteTools) {
  const remove = orm.delete(channelState).where(isNamed).prepare()
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
  return {
    set: (name: ChannelStateName, text: string): void => void write.run({ ...name, value: text }),
    delete: (name: ChannelStateName): void => void remove.run({ ...name }),
  }
}
