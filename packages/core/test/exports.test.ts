import { expect, test } from 'vitest'
import * as core from '../src/index.ts'
import * as testing from '../src/testing.ts'

test('what is not in these lists is not API', () => {
  expect(Object.keys(core).toSorted()).toEqual([
    'NanoclawError',
    'canBecome',
    'canonicalJson',
    'compilePattern',
    'createCore',
    'createInProcessReader',
    'deliveryBeginnings',
    'deliveryTransitions',
    'dueAtOnce',
    'heardInRow',
    'isAsked',
    'isNanoclawError',
    'normalizeName',
    'outboundLimits',
    'outsideWhenRequest',
    'policyRules',
    'readArchive',
    'readOutbound',
  ])
  expect(Object.keys(testing).toSorted()).toEqual([
    'createConversation',
    'createFakeClock',
    'createFaultPlan',
    'createFaultyCore',
    'createMemoryCore',
    'createSequentialIds',
    'faultOperations',
    'isSimulatedCrash',
    'mailboxConformance',
    'readerConformance',
  ])
})
