import type { UnknownSenders } from '@nanoclaw/schema'
import { z } from 'zod'
import { deliveryShape, toDeliveryEntry, type DeliveryEntry } from './delivery-entry.ts'
import { fillFromEnvironment, type UnsetOption } from './environment.ts'
import type { ConfigProblem } from './problems.ts'

/** A chat that is made, and wired to the first agent, when the daemon starts. */
export interface ChatEntry {
  /** The platform's id; undefined: the adapter looks `name` up. */
  readonly id: string | undefined
  /** As people see it. */
  readonly name: string
  /** What becomes of strangers there when it is made; undefined: `strict`. Afterwards: `nanoclaw chats set`. */
  readonly unknownSenders?: UnknownSenders | undefined
}

/** One entry of `channels` in `config.json`, with the environment's values put in. */
export interface ChannelEntry {
  /** Name of a package, or path of a module file. */
  readonly adapter: string
  /** Which of several bots of one platform; `''` for the only one. */
  readonly instance: string
  /** Unchecked: the adapter's schema has not seen them yet. */
  readonly options: Readonly<Record<string, unknown>>
  readonly chats: readonly ChatEntry[]
  readonly delivery: DeliveryEntry
  readonly unset: readonly UnsetOption[]
  /** Values that came from the environment: they count as secrets. */
  readonly fromEnvironment: readonly string[]
}

const chat = z
  .strictObject({
    id: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    unknownSenders: z.enum(['strict', 'request_approval', 'public']).optional(),
  })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'expected an "id" or a "name"')

/** The form of one entry, as it stands in the file. */
export const channelShape = z.strictObject({
  adapter: z.string({ error: 'expected the name of a package' }).min(1),
  instance: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,64}$/, 'expected up to 64 letters, digits, ".", "_" or "-"')
    .optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  chats: z.array(chat).optional(),
  delivery: deliveryShape.optional(),
})

/** One entry, as it stands in the file. */
export type StoredChannel = z.infer<typeof channelShape>

/** Reads `channels`. No problem shows a value: options may be secrets. */
export function readChannels(
  value: unknown,
  source: string,
  env: NodeJS.ProcessEnv,
  problems: ConfigProblem[],
): readonly ChannelEntry[] {
  const list = z.array(channelShape, { error: 'expected a list of channels' }).safeParse(value)
  if (list.success) {
    problems.push(...twice(list.data).map((problem) => ({ source, problem })))
    return list.data.map((stored) => toEntry(stored, env))
  }
  for (const { path, message } of list.error.issues) {
    const [index, ...inside] = path.map(String)
    const where = index === undefined ? '' : `entry ${Number(index) + 1}, `
    const field = inside.length === 0 ? '' : `"${inside.join('.')}": `
    problems.push({ source, problem: `${where}${field}${message}` })
  }
  return []
}

/** What two entries say of one channel; only one of them could run. */
function twice(list: readonly StoredChannel[]): string[] {
  const keys = list.map(({ adapter, instance = '' }) => JSON.stringify([adapter, instance]))
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key)
    if (first === index) return []
    const advice = 'the same "adapter" and "instance"; give one of them another "instance"'
    return [`entry ${index + 1}: entry ${first + 1} has ${advice}`]
  })
}

/** An entry as it is used, with the environment's values put in. */
export function toEntry(stored: StoredChannel, env: NodeJS.ProcessEnv): ChannelEntry {
  const { value, unset, fromEnvironment } = fillFromEnvironment(stored.options ?? {}, env)
  return {
    adapter: stored.adapter,
    instance: stored.instance ?? '',
    options: value,
    chats: (stored.chats ?? []).map(({ id, name, unknownSenders }) => ({
      ...{ id, unknownSenders },
      name: name ?? id ?? '',
    })),
    delivery: toDeliveryEntry(stored.delivery),
    unset,
    fromEnvironment,
  }
}
