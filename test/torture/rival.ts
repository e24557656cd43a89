import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../e2e/support/daemon.ts'
import { well, type SendFaults } from './platform/faults.ts'
import type { Scene } from './scene.ts'

/** For each kill; 20 kills make 110 messages and 81. */
const runnerMessages = 5.5
const hostMessages = 4.05
/** More than this unanswered, and the next kill waits: it is to fall into a stream, not into a heap. */
const mostWaiting = 8
const limitMs = 120_000

/** Messages most of which take some time, and kills of the runner in the turn that is at them. */
export async function runnerKills(scene: Scene, kills: number, signal: AbortSignal): Promise<void> {
  const { stream, platform, blows, random } = scene
  const [room] = platform.world.rooms
  if (room === undefined) throw new Error('expected a room')
  const messages = Math.round(runnerMessages * kills)
  const every = Math.floor(runnerMessages)
  for (let number = 1; number <= messages; number += 1) {
    const isStruck = number % every === 0 && blows.kills < kills
    const flows = () => stream.waiting() <= mostWaiting || undefined
    if (isStruck) await eventually('most of it is answered', flows, limitMs)
    stream.write(room, isStruck || number % 3 > 0 ? 'slow' : 'plain')
    await pause(random.between(50, isStruck ? 350 : 150), undefined, { signal })
    const kill = async () => {
      // The turn was over before it was struck: then the next one is.
      if (stream.waiting() === 0) stream.write(room, 'slow')
      return (await blows.killRunnerAtTurn()) || undefined
    }
    if (isStruck) await eventually('a runner is in mid-turn', kill, limitMs)
  }
}

/** Messages, and kills of the host and its runners while the platform is holding a send. */
export async function hostKills(scene: Scene, kills: number, signal: AbortSignal): Promise<void> {
  const { stream, platform, blows, daemon, random } = scene
  const [room] = platform.world.rooms
  if (room === undefined) throw new Error('expected a room')
  let isHolding = false
  platform.onHold(() => void (isHolding = true))
  platform.setFaults(holdEach(4, (held) => held === 1 || random.next() < 0.7))
  const writing = (async () => {
    for (let number = 1; number <= Math.round(hostMessages * kills); number += 1) {
      stream.write(room, 'plain')
      await pause(random.between(20, 80), undefined, { signal })
    }
  })()
  while (blows.kills < kills) {
    const held = () => (isHolding ? true : undefined)
    await eventually('a send is being held', held, limitMs)
    signal.throwIfAborted()
    isHolding = false
    await blows.killDaemon('tree')
    await daemon.untilReady(limitMs)
  }
  platform.setFaults(well)
  await writing
}

/** Of every few sends one is held until its connection is gone; it has been taken, the first always, or it has not. */
function holdEach(every: number, isTaken: (held: number) => boolean): SendFaults {
  let sends = 0
  return () => {
    sends += 1
    return sends % every === 0 ? { type: 'hold', taken: isTaken(sends / every) } : { type: 'none' }
  }
}
