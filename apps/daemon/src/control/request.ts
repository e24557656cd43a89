import type { AdminOrder } from '../admin/desk.ts'
import type { Config } from '../config.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import type { AdminReport } from './admin-answer.ts'
import type { DeliveriesReport } from './delivery-report.ts'
import { daemonSaid, dial, patienceMs } from './dial.ts'
import { encodeFrame } from './frames.ts'
import type { ForgetReport } from './forget-report.ts'
import type { RequeueReport, TraceReport } from './ledger-report.ts'
import { protocolVersion, type ServerFrame, type StatusReport } from './protocol.ts'

/**
 * Asks a running daemon how it is.
 * @throws CommandFailure `not-running`; NanoclawError `io` when it says nothing for `waitMs`
 *   (default five seconds).
 */
export async function requestStatus(
  socketPath: string,
  home: string,
  waitMs: number = patienceMs,
): Promise<StatusReport> {
  const answer = await request(socketPath, home, { type: 'status' }, waitMs)
  if (answer.type !== 'status') throw daemonSaid(answer.type)
  return answer.report
}

/**
 * Asks a running daemon to resolve an incident; says whether one with that id was open.
 * @throws CommandFailure `not-running`; NanoclawError `io`.
 */
export async function requestResolve(
  socketPath: string,
  home: string,
  id: string,
): Promise<boolean> {
  const answer = await request(socketPath, home, { type: 'resolve', id }, patienceMs)
  if (answer.type !== 'resolved') throw daemonSaid(answer.type)
  return answer.wasOpen
}

/** Reading every session of a large home, and work on a database that is busy, takes its time. */
const longPatienceMs = 60_000

/**
 * Asks a running daemon for its deliveries, newest first.
 * @throws CommandFailure `not-running`, or what the daemon refuses it with; NanoclawError `io`.
 */
export async function requestDeliveries(
  { socketPath, home }: Pick<Config, 'socketPath' | 'home'>,
  query: { readonly failed: boolean; readonly limit: number },
): Promise<DeliveriesReport> {
  const frame = { type: 'deliveries', ...query }
  const answer = await request(socketPath, home, frame, longPatienceMs)
  if (answer.type !== 'deliveries') throw daemonSaid(answer.type)
  return answer.report
}

/**
 * Asks a running daemon for every hop of a message; undefined where there is none of that id.
 * @throws as {@link requestDeliveries}.
 */
export async function requestTrace(
  { socketPath, home }: Pick<Config, 'socketPath' | 'home'>,
  id: string,
): Promise<TraceReport | undefined> {
  const answer = await request(socketPath, home, { type: 'trace', id }, longPatienceMs)
  if (answer.type !== 'trace') throw daemonSaid(answer.type)
  return answer.report ?? undefined
}

/**
 * Asks a running daemon to try a message again.
 * @throws as {@link requestDeliveries}.
 */
export async function requestRequeue(
  { socketPath, home }: Pick<Config, 'socketPath' | 'home'>,
  id: string,
): Promise<RequeueReport> {
  const answer = await request(socketPath, home, { type: 'requeue', id }, longPatienceMs)
  if (answer.type !== 'requeued') throw daemonSaid(answer.type)
  return answer.report
}

/**
 * Tells a running daemon whether a message has arrived; gives the state that it has then.
 * @throws as {@link requestDeliveries}.
 */
export async function requestSettle(
  { socketPath, home }: Pick<Config, 'socketPath' | 'home'>,
  id: string,
  as: 'delivered' | 'failed',
): Promise<string> {
  const answer = await request(socketPath, home, { type: 'settle', id, as }, longPatienceMs)
  if (answer.type !== 'settled') throw daemonSaid(answer.type)
  return answer.status
}

/** Every session is looked at, and a container that is at work is given its grace. */
const forgettingMs = 1_800_000

/**
 * Has a running daemon forget a person, or say what it would remove.
 * @throws as {@link requestDeliveries}.
 */
export async function requestForget(
  { socketPath, home }: Pick<Config, 'socketPath' | 'home'>,
  person: ForgetReport['person'],
  dryRun: boolean,
): Promise<ForgetReport> {
  const answer = await request(socketPath, home, { type: 'forget', person, dryRun }, forgettingMs)
  if (answer.type !== 'forgotten') throw daemonSaid(answer.type)
  return answer.report
}

/**
 * Has a running daemon do what a command of the table says.
 * @throws as {@link requestDeliveries}.
 */
export async function requestAdmin(
  { socketPath, home }: Pick<Config, 'socketPath' | 'home'>,
  { command, input, isSure, screen }: AdminOrder,
  waitMs: number = longPatienceMs,
): Promise<AdminReport> {
  const frame = { type: 'admin', command, input, isSure, width: screen.width ?? null }
  const answer = await request(socketPath, home, frame, waitMs)
  if (answer.type !== 'admin') throw daemonSaid(answer.type)
  return answer.answer
}

async function request(
  socketPath: string,
  home: string,
  frame: object,
  waitMs: number,
): Promise<ServerFrame> {
  const { socket, first } = await dial(socketPath, home, waitMs)
  try {
    socket.write(encodeFrame({ ...frame, version: protocolVersion }))
    const answer = await first()
    if (answer.type !== 'refusal') return answer
    const exitCode = answer.code === 'usage' ? exitCodes.usage : exitCodes.failed
    throw new CommandFailure(exitCode, answer.code, answer.message)
  } finally {
    socket.destroy()
  }
}
