import type { Logger, OutboundReader } from '@nanoclaw/core'
import type { ApprovalSide } from './approvals/create-approvals.ts'
import type { ChannelWatch } from './channels/channel-watch.ts'
import type { Channels } from './channels/channels.ts'
import type { SessionDriver } from './drivers/port.ts'
import { createEnding } from './ending.ts'
import type { Teller } from './operator/teller.ts'
import type { HandOver } from './router/hand-over.ts'
import type { Pruner } from './retention/pruner.ts'
import type { SessionRoom } from './session/session-room.ts'
import type { HostSettings } from './settings.ts'

/** What of a host has to be ended. */
export interface StopHostParts {
  readonly handOver: HandOver
  readonly sessions: SessionRoom
  readonly channels: Channels
  readonly watch: ChannelWatch
  readonly teller: Teller
  readonly pruner: Pruner
  readonly approvals: ApprovalSide
  readonly driver: SessionDriver
  readonly reader: OutboundReader
  /** False: it is the caller's, and left alone. */
  readonly isReaderOurs: boolean
  readonly settings: Pick<HostSettings, 'graceMs'>
  readonly logger: Logger
}

/** What a step may take beyond the grace that it gives, in milliseconds. */
const spareMs = 5_000

/**
 * Ends a host in the order in which its parts need each other: what comes in, the sessions with what
 * they have said, then all that these worked with. What hangs does not keep the others from their end.
 * @throws AggregateError of what failed or was late, channels left aside.
 */
export async function stopHost(parts: StopHostParts): Promise<void> {
  const { handOver, sessions, channels, watch, teller, driver, reader } = parts
  const { graceMs } = parts.settings
  const ending = createEnding(parts.logger)
  const stepMs = graceMs + spareMs
  await ending.of('messages on their way in', stepMs, () => handOver.settled())
  // Before the sessions, in which those who asked are told.
  await ending.of('asking people', stepMs, () => parts.approvals.stop())
  // A turn has its grace, and after it what it has said.
  await Promise.all([
    ending.of('sessions', graceMs + stepMs, () => sessions.stop()),
    ending.of('the watch over channels', stepMs, () => watch.stop()),
    ending.of('pruning', stepMs, () => parts.pruner.stop()),
  ])
  // What has happened until here is told by the next process where it could not be now.
  await ending.of('telling the operator', stepMs, () => teller.stop())
  await Promise.all([
    channels.stop(stepMs),
    ending.of(`the driver ${driver.name}`, stepMs, () => driver.stop()),
    parts.isReaderOurs && ending.of('the reader', stepMs, () => reader.stop()),
  ])
  ending.throwIfIncomplete()
}
