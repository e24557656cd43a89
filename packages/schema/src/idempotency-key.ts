// Apart from the other keys: a runner needs those, and node:crypto takes its start 10 ms.
import { hash } from 'node:crypto'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * What a platform is given to recognise a repeated send: the first 24 characters of lower-case
 * base 32 (RFC 4648) of the SHA-256 of `[install id, session id, row id, part]` as JSON.
 */
export function idempotencyKey(
  installId: string,
  sessionId: string,
  rowId: string,
  part: number,
): string {
  const digest = hash('sha256', JSON.stringify([installId, sessionId, rowId, part]), 'buffer')
  let key = ''
  let bits = 0
  let value = 0
  for (const byte of digest.subarray(0, 15)) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      key += base32.charAt((value >> bits) & 31)
    }
  }
  return key
}
