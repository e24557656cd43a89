import { styleText } from 'node:util'
import type { ReadStream, WriteStream } from 'node:tty'
import { confirm, intro, isCancel, log, outro, S_BAR, password, select, text } from '@clack/prompts'
import { cancellation, cancelledCode } from './until-stopped.ts'

/** One question. */
export interface Question {
  readonly message: string
  /** Stands below it. */
  readonly hint?: string | undefined
  /** What an empty answer means. */
  readonly placeholder?: string | undefined
  /** To be changed or taken as it is. */
  readonly initial?: string | undefined
}

/** Asks the person at a terminal. Ctrl-C and Escape throw a CommandFailure with exit code 130. */
export interface Prompts {
  begin(title: string): void
  during<T>(what: string, work: () => Promise<T>): Promise<T>
  text(question: Question): Promise<string>
  /** Without showing what is typed. */
  secret(question: Question): Promise<string>
  choice(question: Question, choices: readonly string[]): Promise<string>
  confirm(question: Question): Promise<boolean>
  /** What was just answered does not do. */
  refuse(why: string): void
  end(text: string): void
}

/** A line of a hint, in the frame that the prompts draw. */
const besideBar = (line: string): string => styleText('dim', `${S_BAR}  ${line}`)

/** Prompts on this terminal; the signal cancels them, too. */
export function openPrompts(input: ReadStream, output: WriteStream, signal: AbortSignal): Prompts {
  const io = { input, output, signal }
  const cancelled = (): never => {
    throw cancellation(cancelledCode)
  }
  const words = ({ message, hint, initial }: Question) => ({
    ...io,
    message: [message, ...(hint?.split('\n') ?? []).map(besideBar)].join('\n'),
    ...(initial === undefined ? {} : { initialValue: initial }),
  })
  return {
    begin: (title) => intro(title, io),
    during(what, work) {
      // No spinner: it takes Ctrl-C for itself, and ends the process as if all were well.
      log.step(`${what} …`, io)
      return work()
    },
    async text(question) {
      const { placeholder } = question
      const answer: unknown = await text({
        ...words(question),
        // Taken by Enter, and shown as the answer then.
        ...(placeholder === undefined ? {} : { placeholder, defaultValue: placeholder }),
      })
      if (isCancel(answer)) return cancelled()
      return typeof answer === 'string' ? answer : ''
    },
    async secret(question) {
      const answer: unknown = await password(words(question))
      if (isCancel(answer)) return cancelled()
      return typeof answer === 'string' ? answer : ''
    },
    async choice(question, choices) {
      const options = choices.map((value) => ({ value, label: value }))
      const answer = await select({ ...words(question), options })
      return isCancel(answer) ? cancelled() : answer
    },
    async confirm(question) {
      const initialValue = question.initial === 'true'
      const answer = await confirm({ ...words(question), initialValue })
      return isCancel(answer) ? cancelled() : answer
    },
    refuse: (why) => log.error(why, io),
    end: (given) => outro(given, io),
  }
}
