import type { OperatorPlace, OperatorSink } from './operator-sink.ts'
import { createPlaceSink, type PlaceSinkDeps } from './place-sink.ts'

/** The sinks that an embedder has named, its chats included; in their order. */
export function openSinks(
  given: readonly (OperatorSink | OperatorPlace)[],
  deps: PlaceSinkDeps,
): readonly OperatorSink[] {
  return given.map((each) => ('place' in each ? createPlaceSink(each, deps) : each))
}
