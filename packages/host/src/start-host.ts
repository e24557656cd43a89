import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutboundReader } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { ApprovalSide } from './approvals/create-approvals.ts'
import type { ChannelWatch } from './channels/channel-watch.ts'
import type { AdapterContextFor, Channels } from './channels/channels.ts'
import { unlessAborted, withinDeadline } from './deadline.ts'
import type { RunnerProgram, SessionDriver } from './drivers/port.ts'
import type { Teller } from './operator/teller.ts'
import type { Pruner } from './retention/pruner.ts'
import type { SessionRoom } from './session/session-room.ts'

/** What of a host has to be begun. */
export interface StartHostParts {
  readonly sessions: SessionRoom
  readonly channels: Channels
  readonly watch: ChannelWatch
  readonly teller: Teller
  readonly pruner: Pruner
  readonly approvals: ApprovalSide
  readonly driver: SessionDriver
  readonly reader: OutboundReader
  readonly runner: RunnerProgram
  readonly contextFor: AdapterContextFor
}

/** So long the operator is not told, in milliseconds, where channels are slow to start. */
const tellingWaitsMs = 5_000

/** Ends what a dead process has left running. */
async function endLeftOvers(driver: SessionDriver, signal: AbortSignal): Promise<void> {
  const list = () => unlessAborted(driver.list(signal), signal)
  for (let left = await list(); left.length > 0; left = await list()) {
    await unlessAborted(Promise.all(left.map((info) => driver.end(info, signal))), signal)
  }
}

/** A runner that is not there would only be found by the first message, which then waits. */
async function checkRunner({ folder, entry }: RunnerProgram): Promise<void> {
  const path = join(folder, entry)
  try {
    await access(path)
  } catch (cause) {
    const advice = 'build it, or, in a program that is bundled, name the installed package’s folder'
    throw new NanoclawError('bad-option', `there is no runner at ${path}; ${advice}`, { cause })
  }
}

/**
 * Begins a host whose home is held: first what a dead process has left is ended, then sessions, then
 * channels, which may be slow. Rejects with the signal's reason soon after it aborts.
 */
export async function startHost(parts: StartHostParts, signal: AbortSignal): Promise<void> {
  const { sessions, channels, watch, teller, driver, reader } = parts
  const prepared = [
    checkRunner(parts.runner),
    endLeftOvers(driver, signal),
    reader.ready?.() ?? Promise.resolve(),
    sessions.prepare(),
  ]
  await unlessAborted(Promise.all(prepared), signal)
  sessions.start()
  watch.start()
  parts.pruner.start()
  parts.approvals.desk.start()
  const starting = channels.start(parts.contextFor)
  // A chat of the operator's can be used when its channel has started.
  const tellFrom = withinDeadline(() => starting, { timeoutMs: tellingWaitsMs })
  const beginTelling = tellFrom.catch(() => undefined).then(() => teller.start())
  // Only a core that has been closed meanwhile says no: it has nothing to tell of any more.
  beginTelling.catch(() => undefined)
  await unlessAborted(starting, signal)
}
