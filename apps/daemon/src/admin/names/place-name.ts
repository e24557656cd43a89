import { parseUserId, type Place } from '@nanoclaw/schema'

/** A place in people's words: `slack:C1`, or `slack/second:C1` for an instance of its own. */
export function placeName({ channelType, channelInstance, platformId }: Place): string {
  const channel = channelInstance === '' ? channelType : `${channelType}/${channelInstance}`
  return `${channel}:${platformId}`
}

/** The place that a person means; undefined for what is none. */
export function parsePlace(typed: string): Place | undefined {
  // A place is written as a user is: channel, instance, and the platform's own id.
  const found = parseUserId(typed)
  if (found === undefined) return undefined
  const { channelType, channelInstance, handle } = found
  return { channelType, channelInstance, platformId: handle }
}
