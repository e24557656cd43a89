/** One line of a message to the scripted provider (session protocol §10). */
export type ScriptedLine =
  | { readonly command: 'say'; readonly text: string }
  | { readonly command: 'call'; readonly tool: string; readonly json: string }
  | { readonly command: 'sleep'; readonly ms: number }
  | { readonly command: 'hang' | 'crash' | 'prompt' | 'turns' }
  | { readonly command: 'effect'; readonly file: string }
  | {
      readonly command: 'error'
      readonly class: 'retryable' | 'fatal'
      readonly message: string
    }
  | { readonly command: 'echo'; readonly text: string }

const bare: Readonly<Record<string, 'hang' | 'crash' | 'prompt' | 'turns'>> = {
  '!hang': 'hang',
  '!crash': 'crash',
  '!prompt': 'prompt',
  '!turns': 'turns',
}

/** A timer takes no more; a longer one would fire at once. */
const longestSleepMs = 2 ** 31 - 1
const say = '!say '

/** Reads one line; whatever is no command is to be echoed. */
export function parseScriptedLine(line: string): ScriptedLine {
  const echo: ScriptedLine = { command: 'echo', text: line }
  if (line.startsWith(say)) {
    return { command: 'say', text: line.slice(say.length).replaceAll('\\n', '\n') }
  }
  const trimmed = line.trimEnd()
  const plain = bare[trimmed]
  if (plain !== undefined) return { command: plain }
  const space = trimmed.indexOf(' ')
  if (space === -1) return echo
  const word = trimmed.slice(0, space)
  const rest = trimmed.slice(space + 1)
  switch (word) {
    case '!call': {
      const [, tool = '', json = ''] = /^\s*(\S+)\s*(.*)$/s.exec(rest) ?? []
      return { command: 'call', tool, json: json === '' ? '{}' : json }
    }
    case '!sleep': {
      const ms = Number(rest)
      if (Number.isNaN(ms) || ms < 0) return echo
      return { command: 'sleep', ms: Math.min(ms, longestSleepMs) }
    }
    case '!effect':
      return { command: 'effect', file: rest.trim() }
    case '!error': {
      const [, kind = '', message = ''] = /^(retryable|fatal)(?:\s+(.*))?$/s.exec(rest) ?? []
      if (kind !== 'retryable' && kind !== 'fatal') return echo
      return { command: 'error', class: kind, message: message === '' ? 'scripted error' : message }
    }
    default:
      return echo
  }
}
