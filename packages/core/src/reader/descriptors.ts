import { closeSync, openSync, readdirSync } from 'node:fs'

/** Where Linux shows a process its own open files. */
export const descriptorFolder = '/proc/self/fd'

/**
 * The number that the next file to be opened will get. The same before and after something that
 * closes none: nothing has been opened, since it would have this number.
 */
export function lowestFreeDescriptor(): number {
  const lowestFree = openSync('/', 'r')
  closeSync(lowestFree)
  return lowestFree
}

/**
 * The open descriptors of this process, by number; undefined where there is no /proc. The listing's
 * own, which is closed by now, is left out.
 */
export function openDescriptors(): ReadonlySet<string> | undefined {
  if (process.platform !== 'linux') return undefined
  const lowestFree = lowestFreeDescriptor()
  const open = new Set(readdirSync(descriptorFolder))
  open.delete(String(lowestFree))
  return open
}
