import type { Logger } from '@nanoclaw/core'

export interface Line {
  readonly level: string
  readonly message: string
  readonly details: object
}

/** A logger that keeps what it is told; `next` resolves with the line that comes next. */
export function keepingLogger() {
  const lines: Line[] = []
  let coming = Promise.withResolvers<Line>()
  const at = (level: string) => (details: object, message: string) => {
    const line = { level, message, details }
    lines.push(line)
    coming.resolve(line)
    coming = Promise.withResolvers()
  }
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
  return { logger, lines, next: () => coming.promise }
}
