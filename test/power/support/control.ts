import { closeSync, openSync, readSync, writeSync } from 'node:fs'

/** As `struct control` of `../library/power.h` has them: eight bytes each. */
const fields = [
  'clockOffsetMs',
  'syncDelayMs',
  'lying',
  'failingSyncs',
  'cutAfter',
  'isCut',
  'operations',
] as const

/** See `struct control` of `../library/power.h`. */
export type PowerField = (typeof fields)[number]

/** Values of `lying`: which syncs report success and make nothing durable. */
export const lies = { none: 0, everySync: 1, syncsOfFolders: 2, syncsOfFiles: 3 } as const

/** What all processes under the library obey, from their next call on. */
export interface PowerControl {
  /** For `POWER_CONTROL`. */
  readonly path: string
  get(field: PowerField): number
  set(field: PowerField, value: number): void
  close(): void
}

/** Makes a control file, everything in it 0. */
export function createPowerControl(path: string): PowerControl {
  const file = openSync(path, 'w+', 0o666)
  writeSync(file, Buffer.alloc(fields.length * 8))
  const at = (field: PowerField): number => fields.indexOf(field) * 8
  return {
    path,
    get(field) {
      const bytes = Buffer.alloc(8)
      readSync(file, bytes, 0, 8, at(field))
      return Number(bytes.readBigInt64LE())
    },
    set(field, value) {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(BigInt(value))
      writeSync(file, bytes, 0, 8, at(field))
    },
    close: () => closeSync(file),
  }
}
