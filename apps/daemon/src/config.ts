import { accessSync, constants, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { HostLimits } from '@nanoclaw/host'
import { createLayout, errorMessage, NanoclawError, type HomeLayout } from '@nanoclaw/schema'
import {
  readChannels,
  toEntry,
  type ChannelEntry,
  type StoredChannel,
} from './config/channel-entries.ts'
import { readLimits } from './config/limits.ts'
import { readNotices, type Notices } from './config/notices.ts'
import { readOperator, type OperatorEntry } from './config/operator-entries.ts'
import { problemsOf, problemText, type ConfigProblem } from './config/problems.ts'
import {
  isSettingName,
  settingShapes,
  settingVariables,
  type SettingName,
  type Settings,
} from './config/settings.ts'
import { explainSystemError } from './failure.ts'

/** All that can be chosen, with the defaults filled in. Nothing else reads the environment. */
export interface Config {
  readonly home: string
  readonly layout: HomeLayout
  /** The daemon's Unix socket. */
  readonly socketPath: string
  /** `auto`: the first that isolates and works here. */
  readonly driver: 'auto' | 'bwrap' | 'process'
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** What one session may take; what is left out is the host's own default. */
  readonly limits: Partial<HostLimits>
  /** After so long without work a container is ended, in milliseconds. */
  readonly idleMs: number
  /** User of the sandbox when the daemon is root; undefined: the driver's own default. */
  readonly sandboxUid: number | undefined
  readonly provider: 'scripted'
  /** How long agents keep what has ended, in days; null: for ever; undefined: each as it is. */
  readonly retentionDays: number | null | undefined
  /** Whether what they no longer keep goes into archives first; undefined: as it is. */
  readonly archive: boolean | undefined
  /** IANA name of the zone in which agents read times. */
  readonly timezone: string
  /** Where `channels` and the settings stand. */
  readonly file: string
  /** The channels besides the terminal, as configured: nothing of them is loaded yet. */
  readonly channels: readonly ChannelEntry[]
  /** How the operator is told of incidents: asked in this order, until one takes it. */
  readonly operator: readonly OperatorEntry[]
  /** What is said in a chat whose messages cannot be answered; false: nothing is. */
  readonly notices: Notices | false
  /** Puts the environment's values into an entry that is not in the file yet. */
  readonly readChannel: (stored: StoredChannel) => ChannelEntry
  /** Oddities that stop nothing, one sentence each. */
  readonly warnings: readonly string[]
}

/** Where a configuration comes from. Flags win over the environment, which wins over the file. */
export interface ConfigSources {
  readonly env?: NodeJS.ProcessEnv
  readonly flags?: { readonly home?: string | undefined } & Settings
}

/** A Unix socket's path has to fit into `sun_path`, which is shorter on some systems than 108. */
const longestSocketPath = 99

const inLimits = 'expected it in "limits": { "limits": { "maxContainers": 8 } }'

const otherVariables = /^NANOCLAW_(HOME$|BUILD$|TEST_|E2E_)/

/**
 * Reads the configuration, once, from flags, the environment and `config.json` in the home.
 * @throws NanoclawError `bad-option` with everything that is wrong, and where it was said; `io` when
 *   `config.json` may not be read.
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const env = sources.env ?? process.env
  const { home: homeFlag, ...flags } = sources.flags ?? {}
  const problems: ConfigProblem[] = []
  const warnings: string[] = []
  const home = resolve(homeFlag || env.NANOCLAW_HOME || join(homedir(), '.nanoclaw'))
  const layout = createLayout(home)
  const socketPath = join(layout.run, 'daemon.sock')
  const bytes = Buffer.byteLength(socketPath)
  if (bytes > longestSocketPath) {
    const problem = `expected a shorter path: the socket in it (${socketPath}) has ${bytes} bytes, and no more than ${longestSocketPath} work on every system`
    problems.push({ source: homeFlag ? '--home' : 'NANOCLAW_HOME', problem })
  }
  const file = join(home, 'config.json')
  const { channels, operator, notices, limits, ...fromFile } = fileSettings(file, env, problems)
  const fromEnv = environmentSettings(env, problems, warnings)
  if (problems.length > 0) throw new NanoclawError('bad-option', problemText(problems))
  const settings: Settings = { ...fromFile, ...fromEnv, ...flags }
  return {
    home,
    layout,
    socketPath,
    driver: settings.driver ?? 'auto',
    logLevel: settings.logLevel ?? 'info',
    limits:
      settings.maxContainers === undefined
        ? { ...limits }
        : { ...limits, maxContainers: settings.maxContainers },
    idleMs: (settings.idleSeconds ?? 300) * 1000,
    sandboxUid: settings.sandboxUid,
    provider: settings.provider ?? 'scripted',
    retentionDays: settings.retentionDays,
    archive: settings.archive,
    timezone: settings.timezone ?? systemTimezone(),
    file,
    channels: channels ?? [],
    operator: operator ?? [],
    notices: notices ?? {},
    readChannel: (stored) => toEntry(stored, env),
    warnings,
  }
}

function systemTimezone(): string {
  return new Intl.DateTimeFormat('en').resolvedOptions().timeZone
}

function environmentSettings(
  env: NodeJS.ProcessEnv,
  problems: ConfigProblem[],
  warnings: string[],
): Settings {
  const given: Record<string, unknown> = {}
  const known = new Set<string>(Object.values(settingVariables))
  for (const [name, variable] of Object.entries(settingVariables)) {
    if (!isSettingName(name) || !env[variable]) continue
    // TZ is not ours: what other programs can use must not stop this one.
    const unusable = variable === 'TZ' && !settingShapes.timezone.safeParse(env.TZ).success
    if (unusable) warnings.push(`TZ is ${env.TZ}, no time zone by name; using ${systemTimezone()}`)
    else check(name, env[variable], variable, given, problems)
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('NANOCLAW_') || known.has(name) || otherVariables.test(name)) continue
    warnings.push(`${name} is set but means nothing to this version`)
  }
  return given
}

interface FileSettings extends Settings {
  channels?: readonly ChannelEntry[]
  operator?: readonly OperatorEntry[]
  notices?: Notices | false
  limits?: Partial<HostLimits>
}

function fileSettings(
  path: string,
  env: NodeJS.ProcessEnv,
  problems: ConfigProblem[],
): FileSettings {
  const given: Record<string, unknown> = {}
  const found = readJson(path, problems)
  if (found === undefined) return given
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    problems.push({ source: path, problem: 'expected a JSON object' })
    return given
  }
  for (const [name, value] of Object.entries(found)) {
    const source = `"${name}" in ${path}`
    if (name === 'maxContainers') problems.push({ source, problem: inLimits })
    else if (isSettingName(name)) check(name, value, source, given, problems)
    else if (name === 'channels') given.channels = readChannels(value, source, env, problems)
    else if (name === 'operator') given.operator = readOperator(value, source, env, problems)
    else if (name === 'limits') given.limits = readLimits(value, source, problems)
    else if (name === 'notices') given.notices = readNotices(value, source, problems)
    else {
      const settings = Object.keys(settingShapes).filter((key) => key !== 'maxContainers')
      const names = [...settings, 'channels', 'operator', 'notices', 'limits'].join(', ')
      problems.push({ source, problem: `expected one of ${names}` })
    }
  }
  return given
}

function readJson(path: string, problems: ConfigProblem[]): unknown {
  const text = readText(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    // Without the piece of text around the mistake, which may be a secret.
    const what = errorMessage(error).replace(/,? (?:\.{3})?".*" is not valid JSON$/s, '')
    problems.push({ source: path, problem: `cannot be read as JSON: ${what}` })
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    // A home that is missing or no folder is told by whoever needs it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw explainSystemError(code === 'EACCES' ? closedFolder(dirname(path), error) : error)
  }
}

/** A home that may not be entered says so of every file, of those that are not there, too. */
function closedFolder(folder: string, error: unknown): unknown {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
    return error
  } catch (ofFolder) {
    return ofFolder
  }
}

function check(
  name: SettingName,
  value: unknown,
  source: string,
  into: Record<string, unknown>,
  problems: ConfigProblem[],
): void {
  const result = settingShapes[name].safeParse(value)
  if (result.success) into[name] = result.data
  else problems.push(...problemsOf(source, value, result.error))
}
