import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLayout } from '@nanoclaw/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holdHome, readPid } from '../src/home.ts'

const startedAt = '2026-11-22T10:00:00.000Z'
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nc-home-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('the home', () => {
  it('is made for this user alone', () => {
    const layout = createLayout(join(folder, 'a', 'b'))
    const held = holdHome(layout, startedAt)
    const folders = [layout.home, layout.run, layout.logs, layout.agents, layout.sessions]
    expect(folders.map(modeOf)).toEqual(['700', '700', '700', '700', '700'])
    expect(modeOf(layout.pidFile)).toBe('600')
    held.release()
  })

  it('[X17] belongs to one daemon; a second is told which, since when, and how to talk to it', () => {
    const layout = createLayout(folder)
    const held = holdHome(layout, startedAt)
    expect(() => holdHome(layout, startedAt)).toThrow(
      `a daemon already runs on ${folder} (process ${process.pid}, started ${startedAt}); ` +
        'talk to it with npm run --silent nanoclaw -- chat, or choose another home with NANOCLAW_HOME',
    )
    expect(readPid(layout)).toEqual({ pid: process.pid, startedAt })
    held.release()
    expect(existsSync(layout.pidFile)).toBe(false)
    holdHome(layout, startedAt).release()
  })

  it('[X17] is refused to a second daemon whatever the pid file says', () => {
    const layout = createLayout(folder)
    const held = holdHome(layout, startedAt)
    writeFileSync(layout.pidFile, 'rubbish')
    expect(() => holdHome(layout, startedAt)).toThrow('its process is not known')
    held.release()
  })

  it('replaces the pid file of a daemon that was killed', () => {
    const layout = createLayout(folder)
    mkdirSync(layout.run)
    writeFileSync(layout.pidFile, '{"pid":1,"startedAt":"long ago"}')
    const held = holdHome(layout, startedAt)
    expect(readPid(layout)?.pid).toBe(process.pid)
    held.release()
  })

  it('closes one to others in which commands have been before any daemon', () => {
    mkdirSync(join(folder, 'channels'))
    writeFileSync(join(folder, 'config.json'), '{}')
    chmodSync(folder, 0o755)
    const held = holdHome(createLayout(folder), startedAt)
    expect([held.warnings, modeOf(folder)]).toEqual([[], '700'])
    held.release()
  })

  it('closes an empty folder to others, but not one that serves something else', () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    chmodSync(empty, 0o755)
    const held = holdHome(createLayout(empty), startedAt)
    expect([modeOf(empty), held.warnings]).toEqual(['700', []])
    held.release()
    const shared = join(folder, 'shared')
    mkdirSync(shared)
    chmodSync(shared, 0o755)
    writeFileSync(join(shared, 'thesis.txt'), '')
    const other = holdHome(createLayout(shared), startedAt)
    expect(modeOf(shared)).toBe('755')
    expect(other.warnings).toEqual([
      `${shared} holds other things and stays readable by other users`,
    ])
    other.release()
  })

  it('that is a file, or below one, is refused in words', () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'mine')
    expect(() => holdHome(createLayout(file), startedAt)).toThrow(/cannot be used: .*no folder/)
    expect(() => holdHome(createLayout(join(file, 'x')), startedAt)).toThrow(/no folder/)
  })
})
