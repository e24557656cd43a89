import { openDatabase } from '@nanoclaw/schema/database'
import type { Answer } from '../support/played-runner.ts'
import type { InboundColumns } from '../support/read-home.ts'
import type { Life, Scenario } from '../support/scenario.ts'
import { echo, findInbound, oneChat, openIncident, post, viewsOf } from '../support/stage.ts'
import { settled, until } from '../support/world.ts'

const base = { platform: {}, prepare: oneChat }

/** The first container to be given a row hangs with it. */
const hangsAtFirst: Answer = (row) => (row.claims === 1 ? 'hang' : echo(row))

/** The kernel ends what hangs until something has become of it. */
function killUntil(life: Life, condition: () => boolean): Promise<void> {
  return until(life, () => {
    life.world.containers.killHanging()
    return condition()
  })
}

/** A person answers as often as they are asked; nothing may wait for them unasked. */
async function answerAsked(
  life: Life,
  answer: (row: InboundColumns, sessionId: string) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    await settled(life)
    const row = findInbound(life, 'paused')
    if (row === undefined) return
    await until(life, () => openIncident(life, 'turn-interrupted') !== undefined)
    const [view] = viewsOf(life)
    if (view !== undefined) await answer(row, view.session.id)
  }
}

/** Removes what no runner writes, as an operator does who has looked. */
function mendOutbound({ world }: Life): void {
  for (const { agent_group_id: agent, id } of world.eyes.sessions()) {
    const path = world.layout.session(agent, id).outboundDb
    const { journal } = world
    const outbound = openDatabase({ path, kind: 'outbound', journal, timeoutMs: 1_000 })
    outbound.sqlite.exec(`DELETE FROM messages_out; DELETE FROM processing_ack`)
    outbound.close()
  }
}

/** Turns that are cut off, fail, or are hostile. */
export const interruptions: readonly Scenario[] = [
  {
    ...base,
    name: 'a container that dies in mid-turn',
    answer: hangsAtFirst,
    steps: [
      (life) => post(life, 'hello'),
      (life) => killUntil(life, () => life.world.memory.delivered.length > 0),
    ],
    expected: { shown: ['echo: hello'] },
  },
  {
    ...base,
    name: 'a message that cannot be answered, and one that can',
    answer: (row) => (row.text === 'bad' ? 'fail' : echo(row)),
    steps: [
      (life) => post(life, 'bad'),
      (life) => until(life, () => findInbound(life, 'failed') !== undefined),
      (life) => post(life, 'good'),
    ],
    expected: { shown: ['UNANSWERED', 'echo: good', 'RECOVERED'], incidents: ['row-failed'] },
  },
  {
    ...base,
    name: 'an interrupted turn of which a person is asked, run again',
    answer: hangsAtFirst,
    prepare: (core) => oneChat(core, { onInterrupted: 'ask' }),
    steps: [
      (life) => post(life, 'hello'),
      (life) => killUntil(life, () => findInbound(life, 'paused') !== undefined),
      (life) => answerAsked(life, ({ id }) => life.host.requeue(id)),
    ],
    expected: { shown: ['echo: hello'], incidents: ['turn-interrupted'] },
  },
  {
    ...base,
    name: 'an interrupted turn of which a person is asked, let be',
    answer: hangsAtFirst,
    prepare: (core) => oneChat(core, { onInterrupted: 'ask' }),
    steps: [
      (life) => post(life, 'hello'),
      (life) => killUntil(life, () => findInbound(life, 'paused', 'failed') !== undefined),
      (life) => answerAsked(life, (_row, session) => life.host.letBe(session)),
    ],
    expected: { shown: ['UNANSWERED'], incidents: ['turn-interrupted'] },
  },
  {
    ...base,
    name: 'a hostile container, and the operator’s release',
    answer: (row) => (row.claims === 1 ? [{ text: 'ha', id: 'no id of ours' }] : echo(row)),
    steps: [
      (life) => post(life, 'hello'),
      (life) => until(life, () => openIncident(life, 'session-quarantined') !== undefined),
      async (life) => {
        const incident = openIncident(life, 'session-quarantined')
        if (incident === undefined) return
        mendOutbound(life)
        await life.host.release(incident.subject)
      },
    ],
    expected: {
      shown: ['WAITING', 'echo: hello', 'RECOVERED'],
      incidents: ['session-quarantined'],
    },
  },
]
