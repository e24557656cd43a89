import { InvalidArgumentError } from 'commander'
import { mostDeliveries } from '../control/delivery-report.ts'
import { helpAfter } from '../help.ts'
import type { CommandParts, CommonFlags } from './command-parts.ts'

interface DeliveriesFlags extends CommonFlags {
  readonly failed?: boolean
  readonly limit: number
  readonly settle?: string
}

/** What is asked about single messages, and done with them. */
export function addLedger({ command, context, run }: CommandParts): void {
  command('deliveries [outcome]', 'list what was sent and what became of it')
    .option('--failed', 'only what did not arrive, or what a person is asked about')
    .option('--limit <n>', 'how many, newest first', limit, 50)
    .option('--settle <id>', 'say whether this one arrived: delivered or failed')
    .addHelpText('after', helpAfter.deliveries)
    .action(async (outcome: string | undefined, flags: DeliveriesFlags) => {
      const { runDeliveries, runSettle } = await import('../commands/deliveries.ts')
      const { settle, failed = false, limit: most } = flags
      if (settle !== undefined) run.exitCode = await runSettle(context(flags), settle, outcome)
      else if (outcome === undefined) {
        run.exitCode = await runDeliveries(context(flags), { failed, limit: most })
      } else throw new InvalidArgumentError(`expected no argument without --settle: ${outcome}`)
    })
  command('trace <id>', 'show every hop of a message with its time')
    .addHelpText('after', helpAfter.trace)
    .action(async (id: string, flags: CommonFlags) => {
      const { runTrace } = await import('../commands/trace.ts')
      run.exitCode = await runTrace(context(flags), id)
    })
  command('requeue <id>', 'try a message again')
    .addHelpText('after', helpAfter.requeue)
    .action(async (id: string, flags: CommonFlags) => {
      const { runRequeue } = await import('../commands/requeue.ts')
      run.exitCode = await runRequeue(context(flags), id)
    })
  command('forget <user>', 'remove what is kept of a person, named <channel>:<handle>')
    .option('--dry-run', 'only say what would be removed')
    .option('--yes', 'do it without asking')
    .addHelpText('after', helpAfter.forget)
    .action(async (user: string, flags: ForgetCommandFlags) => {
      const { runForget } = await import('../commands/forget.ts')
      const { dryRun = false, yes = false } = flags
      run.exitCode = await runForget(context(flags), { user, dryRun, yes })
    })
}

interface ForgetCommandFlags extends CommonFlags {
  readonly dryRun?: boolean
  readonly yes?: boolean
}

function limit(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= mostDeliveries) return value
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${mostDeliveries}.`)
}
