import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as drizzle from '../src/drizzle.ts'
import * as index from '../src/index.ts'
import * as untrusted from '../src/untrusted.ts'

test('the package exports what is listed here, and nothing else', () => {
  expect(Object.keys(index).toSorted()).toEqual([
    'NanoclawError',
    'acquireLock',
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
    'knownOutboundSchemas',
    'latestVersion',
    'mailDedupeKey',
    'nextHostSeq',
    'nextRunnerSeq',
    'openDatabase',
    'openUntrusted',
    'outboundContent',
    'outboundKind',
    'outboundSchemaProblem',
    'parseInboundContent',
    'parseOutboundContent',
    'placeKey',
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
    'templateBytes',
    'timestamp',
    'webhookContent',
  ])
  expect(Object.keys(untrusted).toSorted()).toEqual([
    'NanoclawError',
    'createLayout',
    'errorMessage',
    'isBusy',
    'isId',
    'isTimestamp',
    'knownOutboundSchemas',
    'openUntrusted',
    'outboundSchemaProblem',
    'seqWindow',
  ])
  expect(Object.keys(drizzle).toSorted()).toEqual([
    'agentDestinations',
    'agentGroups',
    'appliedActions',
    'channelState',
    'containerState',
    'delivered',
    'deliveredParts',
    'destinations',
    'hostState',
    'incidents',
    'messagesIn',
    'messagesOut',
    'messagingGroupAgents',
    'messagingGroups',
    'meta',
    'processingAck',
    'sessionRouting',
    'sessionState',
    'sessions',
    'turns',
  ])
})

test('what the reader process loads has the same names as in the index', () => {
  for (const [name, value] of Object.entries(untrusted)) {
    expect(Reflect.get(index, name), name).toBe(value)
  }
})

test('the README names every export', async () => {
  const readme = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const names = [...Object.keys(index), ...Object.keys(drizzle)]
  expect(names.filter((name) => !readme.includes(`\`${name}`))).toEqual([])
})
