import { channelName } from '../channels/channel-name.ts'
import { isChannel, readStored, writeStored } from '../channels/stored-channels.ts'
import { requestStatus } from '../control/request.ts'
import { CommandFailure, exitCodes, oneLine } from '../failure.ts'
import { channelLine } from './channel-line.ts'
import { tell, type CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'

/** Lists the configured channels, with their health where a daemon runs; gives the exit code. */
export async function runChannels(context: CommandContext): Promise<number> {
  const { config, json, stdout } = context
  const report = await ifRunning(() => requestStatus(config.socketPath, config.home))
  const channels = config.channels.map(({ adapter, instance, chats }) => {
    const found = report?.channels.find(
      (channel) => channel.adapter === adapter && channel.instance === instance,
    )
    const { channelType, state, since, why } = found ?? {}
    return { adapter, instance, channelType, state, since, why, chats }
  })
  if (json) {
    const running = report !== undefined
    stdout.write(`${JSON.stringify({ running, channels }, null, 2)}\n`)
    return exitCodes.ok
  }
  const lines = channels.map(({ state, since, why, ...channel }) => {
    const name = channelName(channel)
    if (state !== undefined) return channelLine(name, { state, since: since ?? '', why })
    return report === undefined ? name : `${name}, not loaded: the daemon began before it was added`
  })
  if (lines.length === 0)
    lines.push('No channel is configured; add one: nanoclaw channels add NAME')
  stdout.write(`${lines.map(oneLine).join('\n')}\n`)
  if (report === undefined && channels.length > 0) {
    tell(context, 'no daemon runs, so how they do is not known')
  }
  return exitCodes.ok
}

/** Which channel is removed. */
export interface ChannelsRemoveOptions {
  readonly adapter: string
  readonly instance: string
}

/** Takes a channel out of the configuration, and its package if nothing needs it any more. */
export async function runChannelsRemove(
  context: CommandContext,
  key: ChannelsRemoveOptions,
): Promise<number> {
  const { config, json, stdout } = context
  const { untilStopped } = await import('./until-stopped.ts')
  const { withChannelsLock } = await import('../channels/channels-lock.ts')
  await untilStopped((signal) => {
    const waits = (): void =>
      tell(context, 'another command changes the channels of this home; waiting for it to end')
    return withChannelsLock(config.home, { signal, waits }, () => remove(context, key, signal))
  }, 'its package may still be there')
  if (json) stdout.write(`${JSON.stringify({ removed: key })}\n`)
  else
    stdout.write(`Removed ${channelName(key)}. A daemon that runs uses it until it is restarted.\n`)
  return exitCodes.ok
}

async function remove(
  { config }: CommandContext,
  key: ChannelsRemoveOptions,
  signal: AbortSignal,
): Promise<void> {
  const stored = await readStored(config.file)
  if (!stored.some((channel) => isChannel(channel, key))) {
    const known = stored.map(({ adapter, instance = '' }) => channelName({ adapter, instance }))
    const which = known.length === 0 ? 'none is configured' : `configured: ${known.join(', ')}`
    const message = `there is no channel ${oneLine(channelName(key))}; ${which}`
    throw new CommandFailure(exitCodes.failed, 'not-found', message)
  }
  await writeStored(config.file, (all) => all.filter((channel) => !isChannel(channel, key)))
  const { removeUnused } = await import('../channels/remove-unused.ts')
  await removeUnused(config.home, key.adapter, await readStored(config.file), signal)
}
