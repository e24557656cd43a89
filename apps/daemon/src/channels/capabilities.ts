import { z } from 'zod'

const size = z.custom<number>(
  (value) =>
    typeof value === 'number' && (Number.isInteger(value) || value === Infinity) && value >= 1,
  'expected a whole number of at least 1',
)

/** What a package says that its adapter can do; what else stands in it is of a later version. */
const capabilitiesShape = z.object({
  threads: z.boolean(),
  edits: z.boolean(),
  reactions: z.boolean(),
  buttons: z.union([z.literal(false), z.object({ max: size, labelLength: size })]),
  cards: z.boolean(),
  typing: z.boolean(),
  files: z.union([
    z.literal(false),
    z.object({ maxBytes: size, types: z.array(z.string()).optional() }),
  ]),
  textLength: size,
  markdown: z.string(),
  idempotency: z.union([z.literal('none'), z.object({ windowMs: size })]),
  history: z.boolean(),
  deliveryReceipts: z.boolean(),
})

/** What is wrong with the capabilities of an adapter; undefined: nothing. */
export function capabilitiesProblem(given: unknown): string | undefined {
  const issue = capabilitiesShape.safeParse(given).error?.issues[0]
  if (issue === undefined) return undefined
  return `its ${['capabilities', ...issue.path.map(String)].join('.')}: ${issue.message}`
}
