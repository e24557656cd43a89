import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerEntry, runnerFolder } from '@nanoclaw/container-runtime'
import { expect, it } from 'vitest'
import { settingShapes, settingVariables } from '../src/config/settings.ts'
import * as api from '../src/index.ts'
import { findPrograms } from '../src/programs.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

it('exports this, and nothing else', () => {
  expect(Object.keys(api).sort()).toEqual(['createDaemon', 'loadConfig'])
})

it('has every setting in the README', () => {
  for (const name of Object.keys(settingShapes)) expect(readme).toContain(`\`${name}\``)
  for (const name of Object.values(settingVariables)) expect(readme).toContain(`\`${name}\``)
})

it('finds the runner where its package says it is', () => {
  expect(findPrograms().runner).toEqual({ folder: runnerFolder, entry: runnerEntry })
})
