import { isNanoclawError } from '@nanoclaw/schema'
import { CommandFailure } from '../failure.ts'
import type { ClientFrame, ServerFrame } from './protocol.ts'
import type { ControlServerDeps } from './server-deps.ts'

/** What is asked for with one frame and answered with one. */
export type Request = Exclude<ClientFrame, { type: 'chat' | 'line' | 'shown' | 'wait' }>

/** Whether a frame is a request that one frame answers. */
export function isRequest(frame: ClientFrame): frame is Request {
  const { type } = frame
  return type !== 'chat' && type !== 'line' && type !== 'shown' && type !== 'wait'
}

/** The answer to a request, or why it cannot have one. */
export async function answerRequest(
  request: Request,
  deps: ControlServerDeps,
): Promise<ServerFrame> {
  try {
    return await answer(request, deps)
  } catch (error) {
    if (!isNanoclawError(error) && !(error instanceof CommandFailure)) throw error
    return { type: 'refusal', code: error.code, message: error.message }
  }
}

async function answer(request: Request, deps: ControlServerDeps): Promise<ServerFrame> {
  const { ledger } = deps
  switch (request.type) {
    case 'admin': {
      const { command, input, isSure, width } = request
      const screen = { width: width ?? undefined }
      return { type: 'admin', answer: await deps.admin({ command, input, isSure, screen }) }
    }
    case 'status':
      return { type: 'status', report: await deps.status() }
    case 'resolve':
      return { type: 'resolved', wasOpen: await deps.resolveIncident(request.id) }
    case 'deliveries':
      return { type: 'deliveries', report: await ledger.deliveries(request) }
    case 'trace':
      return { type: 'trace', report: (await ledger.trace(request.id)) ?? null }
    case 'requeue':
      return { type: 'requeued', report: await ledger.requeue(request.id) }
    case 'settle':
      return { type: 'settled', status: await ledger.settle(request.id, request.as) }
    case 'forget':
      return { type: 'forgotten', report: await ledger.forget(request.person, request.dryRun) }
  }
}
