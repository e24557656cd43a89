import { daemonSaid, dial, patienceMs } from './dial.ts'
import { encodeFrame } from './frames.ts'
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

async function request(
  socketPath: string,
  home: string,
  frame: object,
  waitMs: number,
): Promise<ServerFrame> {
  const { socket, first } = await dial(socketPath, home, waitMs)
  try {
    socket.write(encodeFrame({ ...frame, version: protocolVersion }))
    return await first()
  } finally {
    socket.destroy()
  }
}
