import type { StoredChannel } from '../config/channel-entries.ts'
import { channelsFolder, packageOf } from './load-definition.ts'
import { uninstallPackage, unknownToNpm } from './npm.ts'

/** Uninstalls an adapter's package from the home when no channel is left that needs it. */
export async function removeUnused(
  home: string,
  adapter: string,
  left: readonly StoredChannel[],
  signal: AbortSignal,
): Promise<void> {
  const name = packageOf(adapter)
  if (name === undefined || left.some((channel) => packageOf(channel.adapter) === name)) return
  const needed = left.flatMap((channel) => packageOf(channel.adapter) ?? [])
  if ((await unknownToNpm(channelsFolder(home), needed)).length > 0) return
  await uninstallPackage(channelsFolder(home), name, signal)
}
