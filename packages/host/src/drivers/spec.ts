import path from 'node:path'
import { NanoclawError } from '@nanoclaw/schema'
import type { ContainerSpec, RunnerProgram } from './port.ts'

const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const flagForm = /^-[^\0]+$/
const variableForm = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * A session is one thread of work, and many are alive at once: without V8's helper threads, and with a
 * small nursery, one takes 15 to 40 MB less and no more time.
 */
const lightFlags: readonly string[] = ['--single-threaded', '--max-semi-space-size=2']

/** What a container's node is started with; `entry`: the program as it is seen inside. */
export function nodeArguments({ nodeFlags = lightFlags }: RunnerProgram, entry: string): string[] {
  return [...nodeFlags, entry]
}

/** The system's programs; the runner's own node stands before them. */
const systemPath = '/usr/local/bin:/usr/bin:/bin'

/**
 * Refuses a spec that could not be started, or would mean another path than it says.
 * @throws NanoclawError `bad-option`, naming the field.
 */
export function checkSpec(spec: ContainerSpec): void {
  const { folders, runner } = spec
  expectForm('installId', spec.installId, idForm)
  expectForm('sessionId', spec.sessionId, idForm)
  if (!Number.isSafeInteger(spec.epoch) || spec.epoch < 0) {
    throw badSpec('epoch', 'a whole number from 0', String(spec.epoch))
  }
  const paths = {
    'folders.inbound': folders.inbound,
    'folders.outbound': folders.outbound,
    'folders.agent': folders.agent,
    'folders.private': folders.private,
    'runner.folder': runner.folder,
    'runner.node': runner.node,
  }
  for (const [field, value] of Object.entries(paths)) expectAbsolute(field, value)
  for (const file of folders.agentReadonly ?? []) expectAbsolute('folders.agentReadonly', file)
  expectForm('runner.entry', runner.entry, idForm)
  for (const flag of runner.nodeFlags ?? []) expectForm('runner.nodeFlags', flag, flagForm)
  for (const [name, value] of Object.entries(spec.env)) {
    if (!variableForm.test(name)) throw badSpec('env', 'names of letters, digits and _', name)
    if (value.includes('\0')) throw badSpec(`env.${name}`, 'a text without NUL', 'one with NUL')
  }
}

/** The whole environment of a container, with paths as they are seen inside. */
export function containerEnvironment(
  spec: ContainerSpec,
  inside: { inbound: string; outbound: string; home: string; nodeFolder: string },
): Record<string, string> {
  return {
    HOME: inside.home,
    PATH: `${inside.nodeFolder}:${systemPath}`,
    ...spec.env,
    SESSION_INBOUND_DB_PATH: path.posix.join(inside.inbound, 'inbound.db'),
    SESSION_OUTBOUND_DB_PATH: path.posix.join(inside.outbound, 'outbound.db'),
    SESSION_HEARTBEAT_PATH: path.posix.join(inside.outbound, '.heartbeat'),
  }
}

function expectAbsolute(field: string, value: string): void {
  if (!path.isAbsolute(value) || value.includes('\0')) {
    throw badSpec(field, 'an absolute path', value)
  }
}

function expectForm(field: string, value: string, form: RegExp): void {
  if (!form.test(value)) throw badSpec(field, `a text like ${form.source}`, value)
}

function badSpec(field: string, expected: string, came: string): NanoclawError {
  const text = JSON.stringify(came.slice(0, 200))
  return new NanoclawError(
    'bad-option',
    `Container spec: ${field} must be ${expected}, not ${text}`,
  )
}
