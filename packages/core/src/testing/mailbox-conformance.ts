import type { Mailbox, MailboxStore } from '../mailbox/mailbox.ts'
import { mailboxChatCases } from './mailbox-chat-cases.ts'
import { mailboxEventCases } from './mailbox-event-cases.ts'
import { mailboxInboundCases } from './mailbox-inbound-cases.ts'
import { mailboxLedgerCases } from './mailbox-ledger-cases.ts'
import { mailboxRerunCases } from './mailbox-rerun-cases.ts'
import { mailboxPartCases } from './mailbox-part-cases.ts'
import { mailboxRetentionCases } from './mailbox-retention-cases.ts'
import { mailboxSettleCases } from './mailbox-settle-cases.ts'
import type { MailboxCase } from './mailbox-workbench.ts'
import type { ConformanceCase } from './reader-conformance.ts'

/** A store of mailboxes under test. */
export interface MailboxFixture {
  readonly store: MailboxStore
  /** Called at the end of a case, when its mailboxes have been closed. */
  dispose(): Promise<void>
}

const agentGroupId = 'ag-00000001'
const sessionId = 'sess-00000001'

async function runCase(make: () => Promise<MailboxFixture>, each: MailboxCase): Promise<void> {
  const { store, dispose } = await make()
  const opened: Mailbox[] = []
  const again = async (): Promise<Mailbox> => {
    const mailbox = await store.open(agentGroupId, sessionId)
    opened.push(mailbox)
    return mailbox
  }
  const existing = async (id = sessionId): Promise<Mailbox | undefined> => {
    const mailbox = await store.openExisting(agentGroupId, id)
    if (mailbox !== undefined) opened.push(mailbox)
    return mailbox
  }
  try {
    await Promise.all([store.init(agentGroupId, sessionId), store.init(agentGroupId, sessionId)])
    await each.run({ mailbox: await again(), again, existing })
  } finally {
    for (const mailbox of opened) await mailbox.close()
    await dispose()
  }
}

/**
 * What every implementation of the `Mailbox` port has to keep, as cases for any test runner.
 * `make` gives a store with nothing in it, once for each case.
 */
export function mailboxConformance(make: () => Promise<MailboxFixture>): ConformanceCase[] {
  const cases = [
    ...mailboxInboundCases,
    ...mailboxRerunCases,
    ...mailboxLedgerCases,
    ...mailboxPartCases,
    ...mailboxSettleCases,
    ...mailboxChatCases,
    ...mailboxEventCases,
    ...mailboxRetentionCases,
  ]
  return cases.map((each) => ({
    name: each.name,
    run: () => runCase(make, each),
  }))
}
