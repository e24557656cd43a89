import { expect, it } from 'vitest'
import type { ContainerSpec } from '../../src/drivers/port.ts'
import { checkSpec, nodeArguments } from '../../src/drivers/spec.ts'

const runner = { folder: '/runner', entry: 'runner.js', node: '/node' }

it('a runner is started with options of node that save memory, or with those that it names', () => {
  expect(nodeArguments(runner, 'entry')).toEqual([
    ...['--single-threaded', '--max-semi-space-size=2', 'entry'],
  ])
  expect(nodeArguments({ ...runner, nodeFlags: [] }, 'entry')).toEqual(['entry'])
  expect(nodeArguments({ ...runner, nodeFlags: ['--no-opt'] }, 'entry')).toEqual([
    ...['--no-opt', 'entry'],
  ])
})

it('what is no option of node is refused by name', () => {
  const folders = { inbound: '/in', outbound: '/out', agent: '/agent', private: '/private' }
  const spec: ContainerSpec = {
    ...{ installId: 'install', agentGroupId: 'agent', sessionId: 'session', epoch: 1 },
    ...{ env: {}, folders, log: () => undefined },
    runner: { ...runner, nodeFlags: ['other.js'] },
  }
  expect(() => checkSpec(spec)).toThrow(/runner\.nodeFlags/)
})
