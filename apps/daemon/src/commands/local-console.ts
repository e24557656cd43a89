import { join } from 'node:path'
import {
  createInteractiveConsole,
  createPipedConsole,
  type SubmitTarget,
  type TerminalConsole,
} from '@nanoclaw/adapters/terminal'
import { tell, type CommandContext } from './context.ts'
import { createHistory } from './history.ts'
import { createJsonConsole } from './json-console.ts'

/** Where the person or program is that this command talks to. */
export interface LocalConsole {
  readonly interactive: boolean
  /** To be attached; aborts `lost` when something cannot be shown any more. */
  readonly console: TerminalConsole
  /** Begins to read. Resolves when answers can be shown. */
  begin(target: SubmitTarget): Promise<void>
  /** `end-of-input`: nothing more will be said; `left`: the person wants to go. */
  readonly ended: Promise<'end-of-input' | 'left'>
  /** Who read the answers has gone away. */
  readonly lost: AbortSignal
  /** One line for the person, apart from the conversation. */
  note(line: string): void
  close(): void
}

/** A conversation where both ends are a terminal, else one message a line. */
export function createLocalConsole(context: CommandContext): LocalConsole {
  const { stdin, stdout, json } = context
  return stdin.isTTY && stdout.isTTY && !json ? interactive(context) : piped(context)
}

function interactive(context: CommandContext): LocalConsole {
  const console = createInteractiveConsole({
    input: context.stdin,
    output: context.stdout,
    history: createHistory(join(context.config.layout.home, 'terminal-history.json')),
  })
  return {
    interactive: true,
    ...watched(console),
    begin: (target) => console.start(target),
    ended: console.ended.then(() => 'left' as const),
    note: (line) => console.note(line),
    close: () => console.close(),
  }
}

function piped(context: CommandContext): LocalConsole {
  const console = createPipedConsole({
    input: context.stdin,
    output: context.stdout,
    errors: context.stderr,
  })
  return {
    interactive: false,
    ...watched(context.json ? createJsonConsole(context.stdout) : console),
    begin: async (target) => console.start(target),
    ended: console.ended.then(() => 'end-of-input' as const),
    note: (line) => tell(context, line),
    close: () => console.close(),
  }
}

function watched(console: TerminalConsole): { console: TerminalConsole; lost: AbortSignal } {
  const lost = new AbortController()
  return {
    lost: lost.signal,
    console: {
      async show(message) {
        try {
          await console.show(message)
        } catch (error) {
          lost.abort()
          throw error
        }
      },
      typing: (author) => console.typing?.(author),
    },
  }
}
