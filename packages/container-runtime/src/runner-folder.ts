import { fileURLToPath } from 'node:url'

/**
 * The built runner, absolute: one folder (`dist/runner` of this package) that needs nothing else
 * but Node, to be mounted read-only as it is. It is there once this package has been built.
 */
export const runnerFolder: string = fileURLToPath(new URL('../dist/runner', import.meta.url))

/** The file in {@link runnerFolder} that Node is to run. */
export const runnerEntry = 'runner.js'
