import type {
  ChatWords,
  Core,
  Delivery,
  Mailbox,
  OutboundReader,
  PendingRow,
  Rerun,
  Session,
} from '@nanoclaw/core'
import type { DrainOutcome } from './outbound-drain.ts'

const kind = 'turn-interrupted'
/** Rows that wait for a person's word are few. */
const atMost = 1_000
/** So many rows are asked about at once. */
const idsPerRead = 1_000
/** More than ever wait; each is a few hundred bytes. */
const mostPending = 100_000
/** Ids that the incident names. */
const mostNamed = 20

/** What it takes to ask a person about turns that were cut off. */
export interface InterruptedTurnsDeps {
  readonly session: Session
  readonly core: Pick<Core, 'incidents' | 'sessions'>
  readonly mailbox: Pick<
    Mailbox,
    'askedEpoch' | 'cursor' | 'largestSeq' | 'pause' | 'paused' | 'pending' | 'rerun' | 'end'
  >
  readonly reader: Pick<OutboundReader, 'read'>
  readonly chatWords: ChatWords | undefined
  /** Takes what is new on the outbound side. */
  drain(): Promise<DrainOutcome>
  /** The host's own messages, to be sent. */
  onSaid(said: readonly Delivery[]): void
}

function unreadable(outcome: string): Error {
  return new Error(`what the last container was at work on cannot be read: ${outcome}`)
}

function named(ids: readonly string[]): string {
  const rest = ids.length - mostNamed
  return ids.slice(0, mostNamed).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

/**
 * The turns of an agent whose operator wants to be asked (`onInterrupted: 'ask'`) before a turn that
 * was cut off runs again: its rows wait as `paused`, with an incident that says what can be done.
 */
export class InterruptedTurns {
  readonly #deps: InterruptedTurnsDeps
  /** A person may answer as soon as the incident is there: the answer waits for the rows. */
  #pausing: Promise<unknown> = Promise.resolve()

  constructor(deps: InterruptedTurnsDeps) {
    this.#deps = deps
  }

  /**
   * Puts aside what a container that has ended was at work on; to be called while none runs. The
   * incident comes first: a crash in between finds the rows again. What a person has been asked of
   * and wants is still held by the start that was asked about, until the next one takes it.
   * @throws Error when the outbound side cannot be read now: nothing may start then.
   */
  async putAside(): Promise<readonly PendingRow[]> {
    const { core, drain, mailbox, session } = this.#deps
    const { outcome } = await drain()
    if (outcome !== 'drained') throw unreadable(outcome)
    const epoch = (await core.sessions.get(session.id))?.epoch ?? session.epoch
    const held = await this.#undecided(epoch)
    if (held.length === 0) return []
    const paused = this.#ask(held).then(() => mailbox.pause(held, epoch))
    this.#pausing = paused.catch(() => undefined)
    return paused
  }

  /** A person wants a row answered again. Throws what `Mailbox.rerun` throws. */
  async rerun(id: string): Promise<Rerun> {
    await this.#pausing
    const rerun = await this.#deps.mailbox.rerun(id)
    if (rerun.outcome === 'pending') await this.#resolveIfDone()
    return rerun
  }

  /** A person does not want them again: they end as failed, and who waits is told. False: none did. */
  async letBe(): Promise<boolean> {
    const { mailbox, chatWords, onSaid } = this.#deps
    await this.#pausing
    const ids = (await mailbox.paused(atMost)).map((row) => row.id)
    if (ids.length > 0) onSaid(await mailbox.end(ids, 'failed', chatWords))
    await this.#resolveIfDone()
    return ids.length > 0
  }

  /** Rows held by starts, `epoch` the last of them, that nobody has been asked about. */
  async #undecided(epoch: number): Promise<readonly string[]> {
    const { mailbox, reader, session } = this.#deps
    const asked = await mailbox.askedEpoch()
    if (asked >= epoch) return []
    const { agentGroupId, id: sessionId } = session
    const [after, largestSeq] = [await mailbox.cursor(), await mailbox.largestSeq()]
    const ids = (await mailbox.pending(mostPending)).map(({ id }) => id)
    const held: string[] = []
    for (let at = 0; at < ids.length; at += idsPerRead) {
      const ackIds = ids.slice(at, at + idsPerRead)
      const request = { agentGroupId, sessionId, after, largestSeq, limit: 0, ackIds }
      const read = await reader.read(request)
      if (read.outcome !== 'rows') throw unreadable(read.outcome)
      const open = read.acks.filter(({ status }) => status === 'processing')
      held.push(...open.filter((ack) => (ack.epoch ?? epoch) > asked).map((ack) => ack.messageId))
    }
    return held
  }

  async #ask(ids: readonly string[]): Promise<void> {
    const { core, session } = this.#deps
    await core.incidents.open({
      kind,
      subject: session.id,
      sessionId: session.id,
      agentGroupId: session.agentGroupId,
      message:
        `a turn was cut off, and nobody knows what it had done: ${named(ids)}. Run it again with ` +
        '`nanoclaw requeue <id>`, or let it be with `nanoclaw incidents --resolve <incident>`; ' +
        'then its messages end as failed',
    })
  }

  async #resolveIfDone(): Promise<void> {
    const { mailbox, core, session } = this.#deps
    if ((await mailbox.paused(1)).length === 0) await core.incidents.resolve(kind, session.id)
  }
}
