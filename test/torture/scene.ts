import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBlows, type Blows } from './blows.ts'
import { installChannel } from './channel/install.ts'
import type { Claims } from './channel/claiming.ts'
import { createDaemonClock, type DaemonClock } from './daemon-clock.ts'
import { keepDaemon, type DaemonKeeper } from './daemon-keeper.ts'
import type { ChatWords } from './evidence.ts'
import type { TestName, TortureOptions } from './options.ts'
import { startPlatform, type Platform } from './platform/server.ts'
import { World } from './platform/world.ts'
import { createRandom, type Random } from './random.ts'
import { letIn } from '../support/let-in.ts'
import { mayMount, mountSmallDisk, type SmallDisk } from './small-home.ts'
import { createStream, type Stream } from './stream.ts'

/** All that takes part in a run. */
export interface Scene {
  readonly test: TestName
  readonly home: string
  readonly platform: Platform
  readonly daemon: DaemonKeeper
  readonly blows: Blows
  readonly stream: Stream
  readonly disk: SmallDisk | undefined
  readonly clock: DaemonClock | undefined
  readonly random: Random
  readonly claims: Claims
  readonly words: ChatWords
  /** Ends what still runs, and removes the home. */
  close(): Promise<void>
}

const command = join(import.meta.dirname, '../../apps/daemon/dist/main.js')
const textLength = 200
const diskMegabytes = 768
const dayMs = 86_400_000
const words: ChatWords = {
  unanswered: 'Something went wrong, and your message could not be answered.',
  recovered: 'It works again.',
}
/** Deadlines and pauses of minutes are as true when they are of seconds. */
const delivery = {
  timeoutSeconds: 2,
  retryBaseSeconds: 0.3,
  retryLongestSeconds: 2,
  maxAttempts: 200,
}

/** A platform with so many rooms, and a daemon whose home knows them. */
export async function openScene(
  { test, seed, windowMs, lookUp, retentionMs }: TortureOptions,
  { rooms, signal }: { readonly rooms: number; readonly signal: AbortSignal },
): Promise<Scene> {
  const random = createRandom(seed)
  const world = new World({ windowMs, lookUp })
  for (let room = 1; room <= rooms; room += 1) world.addRoom(`talk-${room}`)
  const platform = await startPlatform(world)
  const home = await mkdtemp(join(tmpdir(), 'nc-torture-'))
  const claims: Claims = { windowMs: windowMs ?? null, lookUp, textLength }
  const disk = mayMount ? await mountSmallDisk(home, diskMegabytes) : undefined
  await installChannel(home)
  await letIn(home, 'torture', world.person.id)
  const { url, token } = platform
  const channel = {
    adapter: 'torture',
    options: { service: { url, token }, claims },
    chats: world.rooms.map(({ id, name }) => ({ id, name })),
    delivery,
  }
  const retention = retentionMs === undefined ? {} : { retentionDays: retentionMs / dayMs }
  const config = { channels: [channel], notices: words, idleSeconds: 20, ...retention }
  await writeFile(join(home, 'config.json'), JSON.stringify(config))
  const tools = await mkdtemp(join(tmpdir(), 'nc-torture-tools-'))
  const clock = await createDaemonClock(tools)
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', NANOCLAW_DRIVER: 'bwrap', ...clock?.env }
  const daemon = keepDaemon({ command, home, env })
  return {
    test,
    home,
    platform,
    daemon,
    blows: createBlows({ daemon, home, random: random.fork('blows'), signal }),
    stream: createStream(world, random.fork('messages')),
    disk,
    clock,
    random,
    claims,
    words,
    async close() {
      await daemon.kill('tree')
      await daemon.stop(0)
      await platform.close()
      clock?.close()
      await disk?.unmount()
      await Promise.all([home, tools].map(removeFolder))
    },
  }
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
