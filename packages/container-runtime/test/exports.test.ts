import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as api from '../src/index.ts'
import * as runner from '../src/runner.ts'
import * as testing from '../src/testing.ts'

test('the public list is what it is meant to be', () => {
  expect(Object.keys(api).sort()).toEqual([
    'createEventQueue',
    'createScriptedProvider',
    'parseOutput',
    'runner',
    'runnerEntry',
    'runnerFolder',
  ])
  expect(Object.keys(runner)).toEqual(['runRunner'])
  expect(Object.keys(testing).sort()).toEqual(['providerConformance', 'serveSession'])
})

test('the runner is a folder of its own: its code, its manifest, its database driver', () => {
  expect(existsSync(join(api.runnerFolder, api.runnerEntry))).toBe(true)
  const driver = join(api.runnerFolder, 'node_modules/better-sqlite3')
  expect(existsSync(join(driver, 'prebuilds/linux-x64.node'))).toBe(true)
  const code = readFileSync(join(api.runnerFolder, api.runnerEntry), 'utf8')
  const found = [...code.matchAll(/\bimport\b[^'"();]*\bfrom\s*"([^"]+)"/g)].map(([, name]) => name)
  expect(found).toContain('better-sqlite3')
  for (const name of found) expect(name).not.toMatch(/drizzle|zod|uuid|@nanoclaw/)
})
