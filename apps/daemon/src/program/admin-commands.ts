import { Option, type Command } from 'commander'
import type { AdminCommand } from '../admin/command.ts'
import { nearest } from '../admin/names/nearest.ts'
import { adminGroups, type AdminGroup } from '../admin/table.ts'
import { CommandFailure, exitCodes, oneLine } from '../failure.ts'
import { withParent, type CommandParts, type CommonFlags } from './command-parts.ts'

interface AdminFlags extends CommonFlags {
  readonly yes?: boolean
  readonly [flag: string]: unknown
}

/** The commands of the table. */
export function addAdmin(parts: CommandParts): void {
  for (const group of adminGroups) {
    const [first, ...others] = group.commands
    if (others.length === 0 && first.name === group.name) {
      fill(parts.command(first.name, first.about), first, parts)
      continue
    }
    const parent = parts.command(group.name, group.about).addHelpText('after', groupHelp(group))
    for (const one of group.commands) {
      const isDefault = one === first
      const own = parts.command(lastWord(one), one.about, parent, { isDefault })
      fill(own, one, parts, parent)
      if (isDefault) own.exitOverride((error) => refuseSurplus(error, own, group))
    }
  }
}

function fill(own: Command, spec: AdminCommand, { context, run }: CommandParts, parent?: Command) {
  for (const { name, about, isOptional = false, choices } of spec.words) {
    const argument = own.createArgument(isOptional ? `[${name}]` : `<${name}>`, about)
    own.addArgument(choices === undefined ? argument : argument.choices(choices))
  }
  for (const { form, about, choices } of spec.flags) {
    const option = new Option(form, about)
    own.addOption(choices === undefined ? option : option.choices(choices))
  }
  if (spec.kind === 'grave') own.option('--yes', 'do it without asking')
  own.addHelpText('after', commandHelp(spec)).action(async () => {
    const flags: AdminFlags = own.opts()
    const { home: _home, json: _json, yes = false, ...rest } = flags
    const words = spec.words.map(({ name }, index) => [name, own.args[index]] as const)
    const { runAdmin } = await import('../commands/admin.ts')
    run.exitCode = await runAdmin(
      context(parent === undefined ? flags : withParent(flags, parent)),
      spec,
      { input: { ...rest, ...Object.fromEntries(words) }, yes },
    )
  })
}

/** `nanoclaw agents crate` begins the default command, which takes no such word. */
function refuseSurplus(error: Error & { readonly code: string }, own: Command, group: AdminGroup) {
  if (error.code !== 'commander.excessArguments') throw error
  const wrong = own.args[0] ?? ''
  const known = group.commands.map(lastWord)
  const near = nearest(wrong, known)
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${known.join(', ')}`
  const message = `"${oneLine(wrong)}" is no command of nanoclaw ${group.name}; ${advice}`
  throw new CommandFailure(exitCodes.usage, 'usage', message)
}

function lastWord({ name }: AdminCommand): string {
  return name.split(' ').at(-1) ?? name
}

function commandHelp({ more, examples }: AdminCommand): string {
  return [more, '\nExamples:', ...examples.map((example) => `  ${example}`)].join('\n').trimEnd()
}

function groupHelp({ name, commands: [first, ...others] }: AdminGroup): string {
  const examples = [first, ...others].flatMap(({ examples: [one = ''] }) => [`  ${one}`])
  const alone = `\n"nanoclaw ${name}" alone is "nanoclaw ${first.name}".`
  return [alone, '', 'Examples:', ...examples].join('\n')
}
