import type { ChannelAdapter } from '@nanoclaw/adapters'

/** What a channel is called in messages, incidents and logs: `type`, or `type/instance`. */
export function channelName({
  channelType,
  instance,
}: Pick<ChannelAdapter, 'channelType' | 'instance'>): string {
  return instance === '' ? channelType : `${channelType}/${instance}`
}
