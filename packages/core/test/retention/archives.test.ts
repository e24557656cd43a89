import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createLayout } from '@nanoclaw/schema'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createArchives } from '../../src/retention/archives.ts'
import type { PrunedRow } from '../../src/retention/types.ts'
import { temporaryFolder } from '../home.ts'

const session = { agentGroupId: 'ag-00000001', sessionId: 'sess-00000001' }

async function freshArchives() {
  const folder = await temporaryFolder()
  const layout = createLayout(join(folder, 'home'))
  const files = layout.session(session.agentGroupId, session.sessionId)
  await mkdir(files.private, { recursive: true })
  return { archives: createArchives(layout), folder, files }
}

function rowsOf(count: number): readonly PrunedRow[] {
  return Array.from({ length: count }, (_, n) => ({ table: 'messages_in', row: { id: `in-${n}` } }))
}

/** From now on a write takes at most so many bytes of what it is given, as POSIX allows. */
async function writeInParts(folder: string, part: { most: number }): Promise<void> {
  const file = await open(join(folder, 'any'), 'w')
  const whole = Reflect.get(file, 'write')
  const spy = vi.spyOn(Object.getPrototypeOf(file), 'write')
  onTestFinished(() => spy.mockRestore())
  spy.mockImplementation(function (this: unknown, bytes, from, length, at) {
    return Reflect.apply(whole, this, [bytes, from, Math.min(Number(length), part.most), at])
  })
  await file.close()
}

test('a disk that takes a part of what is written takes the rest next, or it is an error', async () => {
  const { archives, folder } = await freshArchives()
  const part = { most: 16 }
  await writeInParts(folder, part)
  const first = await archives.append(session, { rows: rowsOf(50), at: null, month: '2026-01' })
  await archives.append(session, { rows: rowsOf(50), at: first, month: '2026-01' })
  const found: PrunedRow[] = []
  for await (const row of archives.read(session)) found.push(row)
  expect(found).toEqual([...rowsOf(50), ...rowsOf(50)])
  part.most = 0
  const more = archives.append(session, { rows: rowsOf(50), at: null, month: '2026-01' })
  await expect(more).rejects.toMatchObject({ code: 'io' })
})
