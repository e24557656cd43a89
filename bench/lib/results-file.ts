import { readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem, version } from 'node:os'
import type { BenchResult } from './result.ts'

/** On what a run was made; nothing that names the machine. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGB: number
  readonly arch: string
  readonly kernel: string
  readonly node: string
}

/** A run, as `bench/results/latest.json` keeps it. */
export interface ResultsFile {
  /** ISO-8601 day. */
  readonly day: string
  readonly machine: Machine
  readonly results: readonly BenchResult[]
}

/** This machine. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    arch: arch(),
    kernel: `${version().startsWith('#') ? 'Linux' : version().split(' ', 1)[0]} ${release().split('-', 1)[0]}`,
    node: process.version,
  }
}

/** Reads a run that was kept. */
export function readResults(path: string): ResultsFile {
  return JSON.parse(readFileSync(path, 'utf8')) as ResultsFile
}
