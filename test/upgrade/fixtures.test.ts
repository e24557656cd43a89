import { expect, test } from 'vitest'
import { fixtureNames } from '../support/fixtures.ts'
import { waitingText } from './support/make-home.ts'
import { homeOf, startOn } from './support/open-home.ts'

test.each(fixtureNames())(
  'the home of %s goes on: the message that waits is answered, and the agent remembers',
  async (fixture) => {
    const host = await startOn(homeOf(fixture))
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.map(({ text }) => text)).toEqual([
      `echo: ${waitingText}`,
      // Only a host of step 1001 or later has told people that they could not be answered.
      ...(fixture.includes('inbound-1000') ? [] : [expect.stringMatching(/answered again/)]),
    ])
    await host.memory.receive({ chatId: 'room', text: '!turns' })
    await host.host.whenQuiet(host.chat.id)
    // Five turns, one of which failed, before the home was put away; one since.
    expect(host.memory.delivered.at(-1)?.text).toBe('5')
  },
)
