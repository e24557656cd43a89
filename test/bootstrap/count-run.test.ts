import { expect, test } from 'vitest'
import { countRun } from '../../scripts/lib/tests/vitest.mjs'

const report = (...files: [status: string, ...tests: string[]][]) => {
  const tests = files.flatMap(([, ...statuses]) => statuses)
  return {
    numPassedTests: tests.filter((status) => status === 'passed').length,
    numFailedTests: tests.filter((status) => status === 'failed').length,
    testResults: files.map(([status, ...statuses], index) => ({
      name: `${index}.test.ts`,
      status,
      assertionResults: statuses.map((one, n) => ({ fullName: `does ${n}`, status: one })),
    })),
  }
}

test('tests are counted, and those that did not run are named', () => {
  const run = report(['passed', 'passed', 'skipped', 'todo'], ['failed', 'failed', 'passed'])
  expect(countRun(run, 1)).toEqual({
    passed: 2,
    failed: 1,
    skipped: ['0.test.ts > does 1', '0.test.ts > does 2'],
  })
})

test('a file that could not be read at all is a failure', () => {
  expect(countRun(report(['failed'], ['passed', 'passed']), 1)).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

test('an error outside of all tests is a failure, and so is a run without a report', () => {
  expect(countRun(report(['passed', 'passed']), 1)).toMatchObject({ passed: 1, failed: 1 })
  expect(countRun(undefined, 0)).toMatchObject({ passed: 0, failed: 1 })
  expect(countRun(report(['passed', 'passed']), 0)).toMatchObject({ passed: 1, failed: 0 })
})
