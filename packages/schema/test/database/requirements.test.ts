import { describe, expect, test } from 'vitest'
import { assertSqliteVersion } from '../../src/database/requirements.ts'
import { assertNodeVersion } from '../../src/index.ts'
import { errorOf } from './workbench.ts'

describe('requirements', () => {
  test('a Node too old is named, with what to do, before anything is opened', () => {
    for (const version of ['20.20.2', '22.17.9', '8.0.0', '22.9.0']) {
      const error = errorOf(() => assertNodeVersion(version))
      expect(error.code).toBe('node-too-old')
      expect(error.message).toContain(`this is ${version};`)
    }
    for (const version of ['22.18.0', '22.19.0', '23.0.0', '24.21.0', '100.0.0']) {
      assertNodeVersion(version)
    }
  })

  test('a SQLite with the WAL-reset bug is refused', () => {
    for (const version of ['3.51.2', '3.50.9', '3.9.0']) {
      expect(errorOf(() => assertSqliteVersion(version)).code).toBe('sqlite-too-old')
    }
    for (const version of ['3.51.3', '3.54.0', '4.0.0']) assertSqliteVersion(version)
  })
})
