export { runRunner } from './runner/run-runner.ts'
export type { MakeProvider, RunRunnerOptions } from './runner/run-runner.ts'
