import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createLayout } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { createProcessDriver } from '@nanoclaw/host'
import { startBenchHost, type BenchHome } from './bench-host.ts'
import { insertOf, numbered, type Row } from './sample.ts'

const chatsOfAgent = 10

function only(database: OpenDatabase, table: string): Row {
  const row = database.sqlite.prepare<[], Row>(`SELECT * FROM "${table}"`).get()
  if (row === undefined) throw new Error(`expected a row in ${table}`)
  return row
}

/** The n-th agent, chat, wiring, destination and session of the central database. */
function nthRows(rows: Readonly<Record<string, Row>>, index: number) {
  const { agent, chat, wiring, destination, session } = rows
  const of = Math.floor(index / chatsOfAgent)
  const agentId = of === 0 ? String(agent?.id) : numbered(agent?.id, of)
  const chatId = numbered(chat?.id, index)
  const name = `chat-${index}`
  return {
    agent: { ...agent, id: agentId, folder: `ada-${of}` },
    chat: { ...chat, id: chatId, platform_id: name, name },
    wiring: {
      ...wiring,
      ...{ id: numbered(wiring?.id, index), messaging_group_id: chatId, agent_group_id: agentId },
    },
    destination: {
      ...destination,
      ...{ agent_group_id: agentId, local_name: name, display_name: name, target_id: chatId },
    },
    session: {
      ...session,
      ...{ id: numbered(session?.id, index), agent_group_id: agentId, messaging_group_id: chatId },
      key: JSON.stringify(['chat', agentId, chatId]),
    },
  }
}

/**
 * Makes `count - 1` more of the one session of a home, with a chat each and an agent for every ten:
 * rows of the central database and copies of its files, not synced. Nobody may have the home open.
 */
function multiply({ home, chats: [first] }: BenchHome, count: number): void {
  if (first === undefined) throw new Error('expected a chat')
  const layout = createLayout(home)
  const files = layout.session(first.agentGroupId, first.sessionId)
  const [inbound, outbound] = [readFileSync(files.inboundDb), readFileSync(files.outboundDb)]
  const central = openDatabase({ path: layout.centralDb, kind: 'central' })
  try {
    const rows = {
      agent: only(central, 'agent_groups'),
      chat: only(central, 'messaging_groups'),
      wiring: only(central, 'messaging_group_agents'),
      destination: only(central, 'agent_destinations'),
      session: only(central, 'sessions'),
    }
    const into = (table: string, row: Row) => central.sqlite.prepare<[Row]>(insertOf(table, row))
    const insert = {
      agent: into('agent_groups', rows.agent),
      chat: into('messaging_groups', rows.chat),
      wiring: into('messaging_group_agents', rows.wiring),
      destination: into('agent_destinations', rows.destination),
      session: into('sessions', rows.session),
    }
    central.transact('immediate', () => {
      for (let index = 1; index < count; index += 1) {
        const { agent, chat, wiring, destination, session } = nthRows(rows, index)
        if (index % chatsOfAgent === 0) insert.agent.run(agent)
        insert.chat.run(chat)
        insert.wiring.run(wiring)
        insert.destination.run(destination)
        insert.session.run(session)
        const copy = layout.session(String(session.agent_group_id), session.id)
        for (const folder of [copy.inbound, copy.outbound, copy.private]) {
          mkdirSync(folder, { recursive: true })
        }
        writeFileSync(copy.inboundDb, inbound)
        writeFileSync(copy.outboundDb, outbound)
      }
    })
  } finally {
    central.close()
  }
}

/** A home with so many sessions that have each answered one message and sleep. */
export async function makeManySessions(count: number): Promise<BenchHome> {
  const host = await startBenchHost({ driver: createProcessDriver, keep: true, idleMs: 0 })
  await host.roundTrip('hello')
  await host.asleep()
  await host.stop()
  const { home, chats } = host
  multiply({ home, chats }, count)
  return { home, chats }
}
