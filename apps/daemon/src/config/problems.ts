import type { z } from 'zod'

/** One thing that is wrong with the configuration, and where it was said. */
export interface ConfigProblem {
  /** Such as `NANOCLAW_DRIVER` or `"driver" in /home/ann/.nanoclaw/config.json`. */
  readonly source: string
  readonly problem: string
}

/** Zod's issues of one value, as problems of that source. */
export function problemsOf(source: string, value: unknown, error: z.ZodError): ConfigProblem[] {
  return error.issues.map((issue) => ({
    source,
    problem: `${issue.message}, not ${JSON.stringify(value) ?? String(value)}`,
  }))
}

/** All problems in one message: one sentence for one, a list for several. */
export function problemText(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ source, problem }) => `${source}: ${problem}`)
  if (lines.length === 1) return `the configuration is not usable: ${lines[0]}`
  return `the configuration has ${lines.length} problems:\n${lines.map((l) => `  ${l}`).join('\n')}`
}
