import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import * as host from '../src/index.ts'
import * as testing from '../src/testing.ts'

test('what is not in these lists is not API', () => {
  expect(Object.keys(host).toSorted()).toEqual([
    'NanoclawError',
    'chooseDriver',
    'createBwrapDriver',
    'createHost',
    'createProcessDriver',
    'createReaderProcess',
    'defaultMaxContainers',
    'defaultSettings',
    'isNanoclawError',
  ])
  expect(Object.keys(testing).toSorted()).toEqual(['driverConformance'])
})

test('the README names every export that is not a type', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  for (const name of [...Object.keys(host), ...Object.keys(testing)]) {
    expect(readme).toContain(`\`${name}(`)
  }
})
