import type { Approval } from '@nanoclaw/core'
import { visibleJson, visibleLine } from './visible-text.ts'

/** What a card says, for one channel. */
export interface CardText {
  /** The whole request, in messages that fit. */
  readonly pages: readonly string[]
  /** What stands by the buttons, or says what to type. */
  readonly question: string
}

/** Who and what a card is about, for people; any name may be anybody's words. */
export interface CardNames {
  /** The agent's; undefined where none asks. */
  readonly agent: string | undefined
  /** Of the user whose message led to it; undefined where there is none. */
  readonly onUser: string | undefined
}

/** What of a channel a card depends on. */
export interface CardChannel {
  readonly textLength: number
  readonly markdown: string
  readonly hasButtons: boolean
}

const fence = '```'
/** Around a page, with the count of pages. */
const frameLength = 40
const shownDigits = 16

function moment(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`
}

/** All that will be done, and everything that others have said, as lines that mean nothing but themselves. */
function body(approval: Approval, { agent, onUser }: CardNames): string {
  const effect: unknown = JSON.parse(approval.effect)
  return [
    visibleLine(approval.summary),
    ...(agent === undefined ? [] : [`Asked by the agent: ${visibleLine(agent)}`]),
    ...(onUser === undefined ? [] : [`On a message of: ${visibleLine(onUser)}`]),
    `Why: ${visibleLine(approval.reason)}`,
    'If you approve, exactly this is done:',
    visibleJson(effect),
  ].join('\n')
}

/** Cut at ends of lines where there are any; an escape is never cut in two. */
function pagesOf(text: string, length: number): readonly string[] {
  const pages: string[] = []
  let rest = text
  while (rest.length > length) {
    const newline = rest.lastIndexOf('\n', length)
    const isLine = newline > length / 2
    let end = isLine ? newline : length
    if (!isLine)
      end -= /(?:\\[^}]{0,10}|[\uD800-\uDBFF])$/u.exec(rest.slice(0, end))?.[0].length ?? 0
    pages.push(rest.slice(0, end))
    rest = rest.slice(isLine ? end + 1 : end)
  }
  return [...pages, rest]
}

function framed(text: string, markdown: string): string {
  return markdown === 'none' ? text : `${fence}\n${text}\n${fence}`
}

function heading({ action }: Approval): string {
  return `Your approval is needed: ${action.replaceAll('_', ' ')}`
}

function footing({ code, digest, expiresAt }: Approval, { hasButtons }: CardChannel): string {
  const time = `Until ${moment(expiresAt)}, number ${digest.slice(0, shownDigits)}.`
  return hasButtons ? time : `${time}\nAnswer /approve ${code} or /reject ${code}`
}

/** What somebody is asked, whole: in one message where it fits, else in several before the question. */
export function cardText(approval: Approval, names: CardNames, channel: CardChannel): CardText {
  const { textLength, markdown } = channel
  const [head, foot, all] = [heading(approval), footing(approval, channel), body(approval, names)]
  const whole = [head, framed(all, markdown), foot].join('\n')
  if (whole.length <= textLength) return { pages: [], question: whole }
  const pages = pagesOf(all, Math.max(1, textLength - head.length - frameLength))
  const numbered = pages.map((page, index) =>
    [`${head} (${index + 1} of ${pages.length})`, framed(page, markdown)].join('\n'),
  )
  const question = [
    head,
    `All that would be done stands in the ${pages.length} messages above.`,
    foot,
  ]
  return { pages: numbered, question: question.join('\n') }
}

const outcomes: Readonly<Record<Approval['status'], string>> = {
  pending: 'Waiting',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired: nobody has decided in time, and nothing was done',
  applied: 'Approved and done',
  failed: 'Approved, but it could not be done',
}
const longestError = 300

/** What became of a request, and who decided, in one line. */
function outcomeText({ status, deciderName, decidedAt, error }: Approval): string {
  if (status === 'expired' && error !== null) return `Not needed any more: ${visibleLine(error)}.`
  const who = deciderName === null ? '' : ` by ${visibleLine(deciderName)}`
  const when = decidedAt === null ? '' : `, ${moment(decidedAt)}`
  const why = error === null ? '' : `: ${visibleLine(error).slice(0, longestError)}`
  return `${outcomes[status]}${who}${when}${why}.`
}

/** What a card says when its request has ended: what was asked, where it fits, and the outcome. */
export function closedText(approval: Approval, names: CardNames, channel: CardChannel): string {
  const { textLength, markdown } = channel
  const outcome = framed(outcomeText(approval), markdown)
  const head = approval.action.replaceAll('_', ' ')
  const whole = [head, framed(body(approval, names), markdown), outcome].join('\n')
  if (whole.length <= textLength) return whole
  const short = [head, outcome].join('\n')
  return short.length <= textLength ? short : outcomes[approval.status].slice(0, textLength)
}
