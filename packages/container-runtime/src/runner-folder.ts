import { fileURLToPath } from 'node:url'

/**
 * The built runner, absolute: one folder (`dist/runner` of this package) that needs nothing else
 * but Node, to be mounted read-only as it is. It is there once this package has been built.
 */
export const runnerFolder: string = fileURLToPath(new URL('../dist/runner', import.meta.url))

/** The file in {@link runnerFolder} that Node is to run. */
export const runnerEntry = 'runner.js'

/** The runner of this package, as `createHost` takes it: {@link runnerFolder}, {@link runnerEntry}. */
export const runner: { readonly folder: string; readonly entry: string } = {
  folder: runnerFolder,
  entry: runnerEntry,
}
