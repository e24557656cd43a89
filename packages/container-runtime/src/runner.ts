export { runRunner } from './runner/run-runner.ts'
export type { MakeProvider, RunnerOptions } from './runner/run-runner.ts'
