import { helpAfter } from '../help.ts'
import { withParent, type CommandParts, type CommonFlags } from './command-parts.ts'

interface ChannelFlags extends CommonFlags {
  readonly instance: string
}

interface ChannelsAddFlags extends ChannelFlags {
  readonly option: readonly string[]
  readonly env: readonly string[]
  readonly chat: readonly string[]
  readonly allowScripts?: boolean
}

/** `channels`, and what is below it. */
export function addChannels({ command, context, run }: CommandParts): void {
  const several = (value: string, before: readonly string[]): readonly string[] => [
    ...before,
    value,
  ]
  const channels = command('channels', 'list the channels, add one or remove one')
    .addHelpText('after', helpAfter.channels)
    .action(async (flags: CommonFlags) => {
      const { runChannels } = await import('../commands/channels.ts')
      run.exitCode = await runChannels(context(flags))
    })
  command('add <package>', 'install an adapter and configure it', channels)
    .option('--instance <name>', 'tells several bots of one platform apart', '')
    .option('--option <name=value>', 'one of its options; may be given several times', several, [])
    .option('--env <name=variable>', 'an option that is read from the environment', several, [])
    .option('--chat <id>', 'a chat in which the first agent answers; also several', several, [])
    .option('--allow-scripts', 'let the package run its install scripts')
    .addHelpText('after', helpAfter.channelsAdd)
    .action(async (spec: string, flags: ChannelsAddFlags) => {
      const { runChannelsAdd } = await import('../commands/channels-add.ts')
      const { instance, option: options, env, chat: chats } = flags
      const allowScripts = flags.allowScripts === true
      const given = { spec, instance, options, env, chats, allowScripts }
      run.exitCode = await runChannelsAdd(context(withParent(flags, channels)), given)
    })
  command('remove <package>', 'take a channel out of the configuration', channels)
    .option('--instance <name>', 'which of several', '')
    .addHelpText('after', helpAfter.channelsRemove)
    .action(async (adapter: string, flags: ChannelFlags) => {
      const { runChannelsRemove } = await import('../commands/channels.ts')
      const { instance } = flags
      run.exitCode = await runChannelsRemove(context(withParent(flags, channels)), {
        adapter,
        instance,
      })
    })
}
