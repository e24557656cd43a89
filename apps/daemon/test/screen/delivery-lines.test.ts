import { describe, expect, it } from 'vitest'
import type { DeliveryReport } from '../../src/control/delivery-report.ts'
import { deliveryLines } from '../../src/screen/delivery-lines.ts'
import { columnsOf } from '../../src/screen/text.ts'

const now = '2026-11-22T12:00:00.000Z'
const id = (last: string) => `out-019a0b1c-1234-7abc-8def-0123456789${last}`

const plain: DeliveryReport = {
  id: id('01'),
  sessionId: 'sess-1',
  agent: 'nano',
  to: 'kitchen',
  kind: 'chat',
  status: 'delivered',
  asked: false,
  attempts: 0,
  ambiguousCount: 0,
  at: '2026-11-22T11:57:10.000Z',
  nextAttemptAt: null,
  deliveredAt: '2026-11-22T11:57:11.000Z',
  error: null,
  inReplyTo: null,
  text: 'Soup is ready.',
}
const waiting: DeliveryReport = {
  ...plain,
  id: id('02'),
  status: 'retrying',
  attempts: 3,
  nextAttemptAt: '2026-11-22T12:00:28.500Z',
  error: 'the platform says 503',
}
const asked: DeliveryReport = {
  ...plain,
  id: id('03'),
  agent: 'an agent with a very long name',
  to: null,
  status: 'ambiguous',
  asked: true,
  ambiguousCount: 1,
  at: '2026-11-20T11:00:00.000Z',
  text: 'line one\nline two \u001b[2J',
}

describe('deliveries as a table', () => {
  it('are one line each for programs, with nothing cut', () => {
    expect(deliveryLines([plain, waiting, asked], now, undefined)).toEqual([
      'ID                                        AGE  STATUS     TRIES  UNSURE  AGENT                           TO       WHAT',
      `${id('01')}   2m  delivered      0       0  nano                            kitchen  "Soup is ready."`,
      `${id('02')}   2m  retrying       3       0  nano                            kitchen  next try in 28s; the platform says 503; "Soup is ready."`,
      `${id('03')}   2d  ambiguous      0       1  an agent with a very long name  -        did it arrive?; "line one line two"`,
    ])
  })

  it('are cut to a wide screen', () => {
    expect(deliveryLines([waiting, asked], now, 130)).toEqual([
      'ID                                        AGE  STATUS     TRIES  UNSURE  AGENT         TO       WHAT',
      `${id('02')}   2m  retrying       3       0  nano          kitchen  next try in 28s; the platform say…`,
      `${id('03')}   2d  ambiguous      0       1  an agent wi…  -        did it arrive?; "line one line tw…`,
    ])
  })

  it('have a second line where the screen is narrow; the id stays whole', () => {
    expect(deliveryLines([waiting, plain], now, 80)).toEqual([
      'ID                                        AGE  STATUS     TRIES  UNSURE',
      '    AGENT  TO       WHAT',
      `${id('02')}   2m  retrying       3       0`,
      '    nano   kitchen  next try in 28s; the platform says 503; "Soup is ready."',
      `${id('01')}   2m  delivered      0       0`,
      '    nano   kitchen  "Soup is ready."',
    ])
    for (const width of [20, 41, 80, 100, 120, 200]) {
      for (const line of deliveryLines([waiting, asked, plain], now, width)) {
        expect(columnsOf(line)).toBeLessThanOrEqual(width)
      }
    }
  })
})
