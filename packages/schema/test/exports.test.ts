import { expect, test } from 'vitest'
import * as database from '../src/database.ts'
import * as drizzle from '../src/drizzle.ts'
import * as index from '../src/index.ts'
import * as untrusted from '../src/untrusted.ts'

test('the package exports what is listed here, and nothing else', () => {
  expect(Object.keys(index).toSorted()).toEqual([
    'NanoclawError',
    'actionResultKey',
    'agentChannelType',
    'assertNodeVersion',
    'chatContent',
    'chatOutput',
    'chatSdkOutput',
    'contractOf',
    'createIds',
    'createLayout',
    'databaseKinds',
    'dedupeKey',
    'errorMessage',
    'explainSqliteError',
    'hostStateKeys',
    'idPattern',
    'idempotencyKey',
    'inboundContent',
    'inboundKind',
    'isBusy',
    'isCorrupt',
    'isId',
    'isNanoclawError',
    'isTimestamp',
    'latestVersion',
    'leaveLine',
    'longestContent',
    'mailDedupeKey',
    'nextHostSeq',
    'nextRunnerSeq',
    'originKey',
    'outboundContent',
    'outboundKind',
    'parseCreateAgent',
    'parseInboundContent',
    'parseOutboundContent',
    'parseUserId',
    'placeKey',
    'readInboundContent',
    'ringLine',
    'runnerEnv',
    'runnerExit',
    'seqWindow',
    'sessionFiles',
    'sessionKeys',
    'systemAction',
    'systemClock',
    'systemContent',
    'systemOutput',
    'taskContent',
    'timestamp',
    'userId',
    'webhookContent',
  ])
  expect(Object.keys(database).toSorted()).toEqual(['acquireLock', 'openDatabase', 'templateBytes'])
  expect(Object.keys(untrusted).toSorted()).toEqual([
    'NanoclawError',
    'createLayout',
    'errorMessage',
    'isBusy',
    'isId',
    'isTimestamp',
    'knownOutboundSchemas',
    'longestContent',
    'openUntrusted',
    'outboundSchemaProblem',
    'seqWindow',
  ])
  expect(Object.keys(drizzle).toSorted()).toEqual([
    'actionPolicies',
    'agentDestinations',
    'agentGroups',
    'appliedActions',
    'approvalCards',
    'approvals',
    'auditLog',
    'channelState',
    'containerState',
    'delivered',
    'deliveredParts',
    'destinations',
    'engagements',
    'events',
    'heard',
    'heldEvents',
    'hostState',
    'incidentEvents',
    'incidents',
    'messagesIn',
    'messagesOut',
    'messagingGroupAgents',
    'messagingGroups',
    'meta',
    'people',
    'processingAck',
    'receipts',
    'sessionRouting',
    'sessionState',
    'sessions',
    'turns',
    'userRoles',
    'users',
  ])
})

test('what the reader process shares with the index is the same thing', () => {
  const own = Object.entries(untrusted).filter(([name]) => !(name in index))
  expect(own.map(([name]) => name).toSorted()).toEqual([
    'knownOutboundSchemas',
    'openUntrusted',
    'outboundSchemaProblem',
  ])
  for (const [name, value] of Object.entries(untrusted)) {
    if (name in index) expect(Reflect.get(index, name), name).toBe(value)
  }
})
