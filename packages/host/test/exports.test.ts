import { expect, test } from 'vitest'
import * as host from '../src/index.ts'
import * as testing from '../src/testing.ts'

test('what is not in these lists is not API', () => {
  expect(Object.keys(host).toSorted()).toEqual([
    'NanoclawError',
    'chooseDriver',
    'containerQuestions',
    'createBwrapDriver',
    'createCommandSink',
    'createHost',
    'createProcessDriver',
    'createReaderProcess',
    'createWebhookSink',
    'defaultChatWords',
    'defaultLimits',
    'defaultMaxContainers',
    'defaultSettings',
    'isNanoclawError',
  ])
  expect(Object.keys(testing).toSorted()).toEqual(['driverConformance'])
})
