import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { eventually, type Run, type TestHome } from './daemon.ts'
import { playedChannel, type PlayedChannel } from './played-channel.ts'

const plain = { NANOCLAW_DRIVER: 'process' }

/** A daemon without a conversation, ready. */
export async function headless(
  home: TestHome,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const daemon = home.start(['start', '--headless'], { env: { ...plain, ...env } })
  await daemon.until((stderr) => stderr.includes('nano answers'), 'stderr')
  return daemon
}

/** Writes `config.json` with a played channel, delivered to as said, and whatever else. */
export async function configure(
  home: TestHome,
  delivery: object = {},
  others: object = {},
): Promise<PlayedChannel> {
  const channel = await playedChannel(home.home, delivery)
  const content = { channels: [channel.entry], ...others }
  await writeFile(join(home.home, 'config.json'), JSON.stringify(content))
  return channel
}

/** SIGTERM, and a clean end. */
export async function stop(daemon: Run): Promise<void> {
  daemon.signal('SIGTERM')
  expect(await daemon.ended).toMatchObject({ code: 0 })
}

/** One of what `nanoclaw deliveries --json` lists. */
export interface Listed {
  readonly id: string
  readonly status: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly [field: string]: unknown
}

/** What `nanoclaw deliveries --json` lists. */
export async function list(
  home: TestHome,
  ...flags: readonly string[]
): Promise<readonly Listed[]> {
  const { stdout, stderr, code } = await home.run(['deliveries', '--json', ...flags])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout).deliveries
}

/** The first that is as wanted. */
export function listed(
  home: TestHome,
  what: string,
  wanted: (one: Listed) => boolean,
): Promise<Listed> {
  return eventually(what, async () => (await list(home)).find(wanted))
}
