import { z } from 'zod'
import { fillFromEnvironment, type UnsetOption } from './environment.ts'
import type { ConfigProblem } from './problems.ts'

/** One way to the operator, with the environment's values put in. */
export type OperatorEntry =
  | {
      readonly way: 'place'
      readonly channelType: string
      readonly instance: string
      readonly chatId: string
      readonly threadId: string | null
    }
  | {
      readonly way: 'command'
      readonly command: readonly [string, ...string[]]
      /** What of the daemon's environment it gets. */
      readonly env: Readonly<Record<string, string>>
    }
  | {
      readonly way: 'webhook'
      /** Undefined where its variable is not set. */
      readonly url: string | undefined
      readonly headers: Readonly<Record<string, string>>
      readonly unset: readonly UnsetOption[]
      /** The address and all headers: they may hold what gives access. */
      readonly secrets: readonly string[]
    }

const filled = (what: string) => z.string({ error: `expected ${what}` }).min(1, `expected ${what}`)
const reference = z.strictObject({ env: filled('the name of a variable') })

const place = z.strictObject({
  channel: filled('the type of a channel, such as terminal'),
  instance: z.string({ error: 'expected the name of an instance' }).optional(),
  chat: filled('the id of a chat'),
  thread: filled('the id of a thread').optional(),
})
const command = z.strictObject({
  command: z.tuple(
    [filled('a program')],
    z.string({ error: 'expected a text' }),
    'expected a list: a program and its arguments',
  ),
})
const webhook = z.strictObject({
  webhook: z.union([z.string(), reference], {
    error: 'expected an address, or { "env": NAME }',
  }),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a header'),
      z.union([z.string(), reference], { error: 'expected a text, or { "env": NAME }' }),
      { error: 'expected an object of headers' },
    )
    .optional(),
})

const ways = { channel: place, command, webhook }
const oneOfThem = 'expected one of "channel", "command" and "webhook"'

/** Reads `operator`. No problem shows a value: some are secrets. */
export function readOperator(
  value: unknown,
  source: string,
  env: NodeJS.ProcessEnv,
  problems: ConfigProblem[],
): readonly OperatorEntry[] {
  const list = z
    .array(z.record(z.string(), z.unknown(), { error: oneOfThem }), {
      error: 'expected a list of ways to the operator',
    })
    .safeParse(value)
  if (!list.success) {
    problems.push({ source, problem: firstProblem(list.error) })
    return []
  }
  return list.data.flatMap((stored, index) => {
    const found = readOne(stored, env)
    if (Array.isArray(found)) {
      const where = `entry ${index + 1}, `
      problems.push(...found.map((problem) => ({ source, problem: `${where}${problem}` })))
      return []
    }
    return found
  })
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues
  const [index] = issue?.path ?? []
  const where = index === undefined ? '' : `entry ${Number(index) + 1}, `
  return `${where}${issue?.message}`
}

/** The entry, or all that is wrong with it. */
function readOne(
  stored: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): OperatorEntry | string[] {
  const said = Object.keys(ways).filter((way) => Object.hasOwn(stored, way))
  if (said.length !== 1) return [oneOfThem]
  if (said[0] === 'channel') return checked(place, stored, toPlace)
  if (said[0] === 'command') {
    return checked(command, stored, (found) => {
      return { way: 'command', command: found.command, env: commandEnvironment(env) }
    })
  }
  return checked(webhook, stored, (found) => toWebhook(found, env))
}

function checked<T>(
  shape: z.ZodType<T>,
  stored: unknown,
  make: (found: T) => OperatorEntry | string[],
): OperatorEntry | string[] {
  const result = shape.safeParse(stored)
  if (result.success) return make(result.data)
  return result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `"${path.join('.')}": ${message}`,
  )
}

function toPlace(found: z.infer<typeof place>): OperatorEntry {
  const { channel: channelType, instance = '', chat: chatId, thread: threadId = null } = found
  return { way: 'place', channelType, instance, chatId, threadId }
}

/** What programs need to run, to say it in the person's language and to reach their screen. */
const handedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LC_[A-Z]+|DISPLAY|WAYLAND_DISPLAY|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS)$/

/** Without what may be a secret, such as a model's key. */
function commandEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && handedOn.test(name) ? [[name, value]] : [],
    ),
  )
}

function toWebhook(
  stored: z.infer<typeof webhook>,
  env: NodeJS.ProcessEnv,
): OperatorEntry | string[] {
  const { value, unset, fromEnvironment } = fillFromEnvironment(stored, env)
  const { webhook: url, headers = {} } = filledWebhook.parse(value)
  if (url !== undefined && !isWebAddress(url)) {
    return ['"webhook": expected an address that begins with https:// or http://']
  }
  const secrets = [
    ...fromEnvironment,
    ...(url === undefined ? [] : [url]),
    ...Object.values(headers),
  ]
  return { way: 'webhook', url, headers, unset, secrets }
}

const filledWebhook = z.object({
  webhook: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
})

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
