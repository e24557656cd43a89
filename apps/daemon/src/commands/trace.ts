import { requestTrace } from '../control/request.ts'
import { CommandFailure, exitCodes, oneLine } from '../failure.ts'
import { describeTrace } from '../ledger/describe-trace.ts'
import { traceLines } from '../screen/trace-lines.ts'
import { screenWidth } from '../screen/table.ts'
import { readStoredHome } from '../stored-home.ts'
import type { CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'

/** Shows every hop of a message; gives the exit code. */
export async function runTrace(context: CommandContext, id: string): Promise<number> {
  const { config, json, stdout } = context
  // Null: the daemon knows none; undefined: no daemon runs.
  const running = await ifRunning(async () => (await requestTrace(config, id)) ?? null)
  const trace =
    running === undefined
      ? await readStoredHome(config, (core, reader) => describeTrace(core, id, reader))
      : running
  if (trace === undefined || trace === null) throw unknownMessage(id, config.home)
  const text = json
    ? JSON.stringify(trace, null, 2)
    : traceLines(trace, screenWidth(stdout)).join('\n')
  stdout.write(`${text}\n`)
  return exitCodes.ok
}

function unknownMessage(id: string, home: string): CommandFailure {
  const looked = `no session of ${home} has a message ${oneLine(id)}`
  const advice =
    'the ids of answers are in: nanoclaw deliveries; those of what came in are in its --json, as "inReplyTo"'
  return new CommandFailure(exitCodes.failed, 'not-found', `${looked}; ${advice}`)
}
