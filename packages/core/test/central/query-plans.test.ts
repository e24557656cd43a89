import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { centralSql } from '../../src/central/central-statements.generated.ts'

/** What walks a table, or sorts, and why it may. All else goes by index: nothing grows with sessions. */
const mayWalk: Readonly<Record<string, string>> = {
  allAgents: 'a list for people; as many as an operator has made',
  allChats: 'a list for people',
  allWirings: 'a list for people',
  heldOfApproval: 'found by index; sorts what is held under one request, a hundred at most',
  allPeople: 'a list for people',
  anOwner: 'walks the roles, at the start of a daemon',
  rolesOfPerson: 'found by index; sorts the roles of one person',
  usersOfPerson: 'found by index; sorts the accounts of one person',
  countChildren: 'walks the agents, when one of them asks for another',
  childrenNamed: 'walks the agents, when one of them asks for another',
  allIncidents: 'a list for people',
  openIncidents: 'walks and sorts the open ones alone, by their own index',
  untold: 'walks the open ones of which nobody was told, in the order of their own index',
  countUntold: 'counts the open ones of which nobody was told, in their own index',
  resolvedIncidents: 'a list for people',
  runningSessions: 'a list for people',
  newestMoment: 'once in the life of a home',
  wiringsOfChat: 'found by index; sorts the agents of one chat',
  allPolicies: 'a list for people',
  listedApprovals: 'a list for people, from the newest on',
  pendingApprovals: 'walks the pending ones alone, by their own index',
  firstExpiry: 'the first of the pending ones, by their own index',
  lastAudit: 'the last row of the table',
  dueCards: 'walks the open ones alone, by their own index',
  nextCard: 'walks the open ones alone, by their own index',
  reachableDeciders: 'as many as have been given a role',
  unfinishedApprovals: 'walks the unfinished ones alone, by their own index',
  revokeByTarget: 'once in the life of a chat or agent',
  removeWiringsOfAgent: 'once in the life of an agent',
  activeOfChat: 'found by index; sorts the sessions of one chat',
}

function plansOf(): ReadonlyMap<string, string> {
  const { sqlite, close } = openDatabase({ path: ':memory:', kind: 'central', create: true })
  onTestFinished(close)
  const plans = Object.entries(centralSql).map(([name, { sql, parameters }]) => {
    const steps = sqlite
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(parameters.map(() => 'x'))
    return [name, steps.map(({ detail }) => detail).join('; ')] as const
  })
  return new Map(plans)
}

test('no statement on the central database walks or sorts a table, but those of people', () => {
  const walks = [...plansOf()].filter(([, plan]) => /\bSCAN (?!CONSTANT)|TEMP B-TREE/.test(plan))
  expect(walks.filter(([name]) => !(name in mayWalk))).toEqual([])
})

test('what a host asks before it is ready, and for every message, is found by these indexes', () => {
  const plans = plansOf()
  const hot = [
    'dueSessions',
    'firstDue',
    'sessionByKey',
    'sessionsAfter',
    'untold',
    'openIncidents',
  ]
  expect(hot.map((name) => plans.get(name))).toMatchInlineSnapshot(`
    [
      "SEARCH sessions USING INDEX sessions_next_due_at (next_due_at<?)",
      "SEARCH sessions USING INDEX sessions_next_due_at (next_due_at>?)",
      "SEARCH sessions USING INDEX sessions_active_key (key=?)",
      "SEARCH sessions USING INDEX sessions_last_event (last_event>?)",
      "SCAN incidents USING INDEX incidents_untold",
      "SCAN incidents USING INDEX incidents_open; USE TEMP B-TREE FOR ORDER BY",
    ]
  `)
})
