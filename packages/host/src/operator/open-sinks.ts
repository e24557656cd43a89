import { channelName } from '../channels/channel-name.ts'
import type { OperatorPlace, OperatorSink } from './operator-sink.ts'
import { createPlaceSink, type PlaceSinkDeps } from './place-sink.ts'

/** The sinks that an embedder has named, its chats included; in their order. */
export function openSinks(
  given: readonly (OperatorSink | OperatorPlace)[],
  deps: PlaceSinkDeps,
): readonly OperatorSink[] {
  return given.map((each) => ('place' in each ? createPlaceSink(each, deps) : each))
}

/** The channels of the operator's chats that no adapter serves, each once. */
export function unservedChannels(
  given: readonly (OperatorSink | OperatorPlace)[],
  channels: PlaceSinkDeps['channels'],
): readonly string[] {
  const places = given.flatMap((each) => ('place' in each ? [each.place] : []))
  const missing = places
    .map(({ channelType, instance = '' }) => ({ channelType, instance }))
    .filter(({ channelType, instance }) => channels.find(channelType, instance) === undefined)
  return [...new Set(missing.map(channelName))]
}
