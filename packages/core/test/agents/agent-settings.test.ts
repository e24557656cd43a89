import { expect, test } from 'vitest'
import { createMemoryCore } from '../../src/testing.ts'

test('an agent keeps what has ended for ninety days, with an archive, unless it is told otherwise', async () => {
  const core = await createMemoryCore()
  const { id, ...made } = await core.agents.create({ name: 'Nano' })
  expect(made).toMatchObject({ retentionDays: 90, archive: true, onInterrupted: 'rerun' })

  expect(await core.agents.update(id, { retentionDays: 0.5, archive: false })).toMatchObject({
    retentionDays: 0.5,
    archive: false,
    onInterrupted: 'rerun',
  })
  await core.agents.update(id, { retentionDays: null, onInterrupted: 'ask', isAdmin: true })
  expect(await core.agents.get(id)).toMatchObject({
    retentionDays: null,
    archive: false,
    onInterrupted: 'ask',
    isAdmin: true,
  })
  expect(await core.agents.update(id, {})).toEqual(await core.agents.get(id))

  await expect(core.agents.update('ag-00000000', {})).rejects.toMatchObject({ code: 'not-found' })
  for (const retentionDays of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(core.agents.update(id, { retentionDays })).rejects.toMatchObject({
      code: 'bad-option',
    })
  }
  await core.close()
})
