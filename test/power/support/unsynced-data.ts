import type { Random } from './random.ts'
import type { Change } from './records.ts'

const sectorSize = 512

function resized(image: Buffer, size: number): Buffer {
  if (size <= image.length) return image.subarray(0, size)
  return Buffer.concat([image, Buffer.alloc(size - image.length)])
}

/** A change as it would be made again. */
type Redo =
  | { readonly size: number }
  | { readonly offset: number; readonly bytes: Buffer; readonly end: number }

function goBack(image: Buffer, changes: readonly Change[]): { image: Buffer; redo: Redo[] } {
  const redo: Redo[] = []
  let current = Buffer.from(image)
  for (const { kind, offset, length, size, before } of changes.toReversed()) {
    if (kind === 'resized') redo.unshift({ size: length })
    if (kind === 'written') {
      const bytes = Buffer.from(current.subarray(offset, offset + length))
      redo.unshift({ offset, bytes, end: offset + bytes.length })
    }
    current = Buffer.from(resized(current, size))
    before.copy(current, offset)
  }
  return { image: current, redo }
}

/** Which sectors of a write survive: none, all, or each by chance. */
function survival(random: Random): () => boolean {
  const chance = random()
  if (chance < 0.4) return () => false
  if (chance < 0.7) return () => true
  return () => random() < 0.5
}

function goOn(from: Buffer, redo: readonly Redo[], random: Random): Buffer {
  let image = from
  for (const step of redo) {
    const survives = survival(random)
    if ('size' in step) {
      if (survives()) image = resized(image, step.size)
      continue
    }
    for (let at = step.offset; at < step.end;) {
      const end = Math.min(step.end, (Math.floor(at / sectorSize) + 1) * sectorSize)
      if (survives()) {
        image = Buffer.from(resized(image, Math.max(image.length, end)))
        step.bytes.copy(image, at, at - step.offset, end - step.offset)
      }
      at = end
    }
  }
  return image
}

/**
 * What a disk holds of a file after a power cut: all that was synced, and of each later change
 * nothing, or by chance all or some of its sectors.
 */
export function afterPowerCut(
  image: Buffer,
  changes: readonly Change[],
  random: Random | undefined,
): Buffer {
  const { image: synced, redo } = goBack(image, changes)
  return random === undefined ? synced : goOn(synced, redo, random)
}
