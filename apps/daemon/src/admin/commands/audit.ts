import type { AuditEntry, AuditMark } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { visible } from '../../screen/visible.ts'
import { adminCommand, wholeNumber } from '../command.ts'
import { listLines } from '../screen.ts'

interface Shown {
  readonly entries?: readonly AuditEntry[]
  readonly verified?: AuditMark
}

/** `audit` */
export const audit = adminCommand({
  name: 'audit',
  about: 'show what was decided, done and refused, oldest of the newest first',
  more: `
Every entry vouches for the one before. --verify reads them all, and ends with 1 where one was changed or
is missing; the mark that it prints, kept elsewhere and given to the next --verify with --mark, shows also
that nobody has cut the end off or written another chain.`,
  examples: ['nanoclaw audit', 'nanoclaw audit --limit 1000 --json', 'nanoclaw audit --verify'],
  flags: [
    { form: '--limit <n>', about: 'how many of the newest (default: 50)' },
    { form: '--verify', about: 'whether all are there as they were written' },
    { form: '--mark <mark>', about: 'with --verify: what an earlier one has printed' },
  ],
  input: z
    .object({
      limit: wholeNumber(1, 10_000).optional(),
      verify: z.boolean().optional(),
      mark: z
        .string()
        .regex(/^\d+:[0-9a-f]{64}$/, 'expected what an earlier --verify has printed')
        .optional(),
    })
    .refine(({ verify, mark }) => mark === undefined || verify === true, {
      error: '--mark goes with --verify',
    }),
  async run({ core }, { limit = 50, verify = false, mark }): Promise<Shown> {
    if (!verify) return { entries: (await core.audit.newest(limit)).toReversed() }
    const [number = '', hash = ''] = mark?.split(':') ?? []
    const verdict = await core.audit.verify(
      mark === undefined ? undefined : { number: Number(number), hash },
    )
    if (verdict.isSound) return { verified: verdict.last }
    throw new NanoclawError(
      'corrupt',
      `the audit log is not as it was written, from entry ${verdict.number} on: ${verdict.reason}`,
    )
  },
  text: ({ entries = [], verified }, screen) =>
    verified === undefined
      ? listLines(
          [
            { title: 'NO', side: 'right' },
            { title: 'TIME (UTC)' },
            { title: 'WHO', widest: 32 },
            { title: 'WHAT' },
            { title: 'ABOUT', widest: 48, mayBeBelow: true },
            { title: 'DETAILS' },
          ],
          entries.map(({ number, at, actor, kind, subject, details }) =>
            [`${number}`, at, actor, kind, subject, details].map(visible),
          ),
          screen,
          'Nothing has been decided, done or refused yet.',
        )
      : [
          `All ${verified.number} entries are as they were written.`,
          `Mark: ${verified.number}:${verified.hash}`,
        ],
})
