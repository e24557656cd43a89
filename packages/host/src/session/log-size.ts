import { stat } from 'node:fs/promises'

/** A runner reads for milliseconds; our own checkpoints keep the log near 4 MiB. */
const largestLogBytes = 64 * 1024 * 1024

/** Whether a reader keeps `inbound.db-wal` from being checkpointed: it grows without end then. */
export async function isLogStarved(inboundDb: string): Promise<boolean> {
  const info = await stat(`${inboundDb}-wal`).catch(() => undefined)
  return info !== undefined && info.size > largestLogBytes
}
