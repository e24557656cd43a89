import type { ToolCaller } from '../provider.ts'
import type { ToolContext } from '../tools/tool.ts'
import { insertOutgoing, tooLong, type OutgoingContext } from './outgoing.ts'
import { createAddressBook, type AddressBook } from './places.ts'
import { retryBusy } from './retry-busy.ts'
import type { RunnerSession } from './session.ts'
import { requestAction } from './turn-actions.ts'
import type { TurnLedger } from './turn-ledger.ts'

/** What the tools of a turn need of it. */
export interface TurnToolsDeps {
  readonly session: RunnerSession
  readonly ledger: TurnLedger
  readonly outgoingContext: () => OutgoingContext
  /** The address book that the model was told. */
  readonly told: AddressBook
  /** Whether the turn has ended: nothing may be sent any more. */
  readonly isOver: () => boolean
  /** Called after each message that was committed or found committed. */
  readonly onSent: () => void
}

function toolContext(deps: TurnToolsDeps, name: string, args: unknown): ToolContext {
  const { session, ledger } = deps
  const readBook = () =>
    retryBusy(() => {
      session.inbox.refresh()
      return createAddressBook(session.inbox.destinations(), deps.told)
    }, session.wait)
  return {
    destinations: async () => {
      const book = await readBook()
      return book.entries.map((entry) => ({
        name: entry.name,
        displayName: entry.displayName,
        type: entry.type === 'agent' ? 'agent' : 'channel',
      }))
    },
    isKnown: async (name) => (await readBook()).place(name) !== undefined,
    send: async (to, text) => {
      const reason = tooLong(text)
      if (reason !== undefined) throw new Error(`the message ${reason}`)
      const place = (await readBook()).place(to)
      if (place === undefined) throw new Error(`no destination is called ${to} any more`)
      const counted = ledger.nextCall(name, args)
      const write = () =>
        session.outbox.write('full', () => {
          session.inbox.refresh()
          if (deps.isOver()) throw new Error('the turn has ended')
          ledger.made(counted)
          const before = session.outbox.callSeq(ledger.id, counted.key)
          if (before !== undefined) return { seq: before, repeated: true }
          const seq = insertOutgoing({ place, text }, counted.key, deps.outgoingContext())
          return { seq, repeated: false }
        })
      const sent = await retryBusy(write, session.wait)
      deps.onSent()
      session.ringHost()
      return sent
    },
    request: (action, content) =>
      requestAction(deps, ledger.nextCall(name, args), { ...content, action }),
  }
}

/** The tools of one turn: a send commits at once, under the turn's id and its call key. */
export function createTurnTools(deps: TurnToolsDeps): ToolCaller {
  const { tools } = deps.session
  return {
    list: () => tools.list(),
    call: async (name, args) => {
      if (deps.isOver()) return { text: 'This turn has ended.', isError: true }
      return await tools.call(name, args, toolContext(deps, name, args))
    },
  }
}
