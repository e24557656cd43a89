import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { channelShape, type StoredChannel } from '../config/channel-entries.ts'
import { explainSystemError } from '../failure.ts'

const fileShape = z.looseObject({ channels: z.array(channelShape).optional() })

/** Which entry of the file is meant. */
export interface ChannelKey {
  readonly adapter: string
  readonly instance: string
}

/** Whether an entry of the file is that one. */
export function isChannel(stored: StoredChannel, { adapter, instance }: ChannelKey): boolean {
  return stored.adapter === adapter && (stored.instance ?? '') === instance
}

/** The channels as they stand in `config.json`; the file has been checked by `loadConfig`. */
export async function readStored(file: string): Promise<readonly StoredChannel[]> {
  return (await readFileOf(file)).channels ?? []
}

/**
 * Replaces `channels` in `config.json` and keeps the rest. The file is there whole, old or new, and
 * for this user alone: options may be secrets. Where it is a link, that stays, and what it leads to
 * is replaced. Whoever reads first and writes then holds the lock of the channels.
 * @throws NanoclawError `io` or `disk-full` when it cannot be written.
 */
export async function writeStored(
  path: string,
  change: (channels: readonly StoredChannel[]) => readonly StoredChannel[],
): Promise<void> {
  const content = await readFileOf(path)
  const file = await realpath(path).catch(() => path)
  const next = { ...content, channels: change(content.channels ?? []) }
  const draft = `${file}.${randomUUID()}.new`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(next, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw explainSystemError(error)
  }
}

/** A new name is safe when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function readFileOf(file: string): Promise<z.infer<typeof fileShape>> {
  try {
    return fileShape.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT') return {}
    throw explainSystemError(error)
  }
}
