import type { Place } from '@nanoclaw/schema'

/** A place in people's words: `slack:C1`, or `slack/second:C1` for an instance of its own. */
export function namePlace({ channelType, channelInstance, platformId }: Place): string {
  const channel = channelInstance === '' ? channelType : `${channelType}/${channelInstance}`
  return `${channel}:${platformId}`
}
