import {
  createCommandSink,
  createWebhookSink,
  type OperatorPlace,
  type OperatorSink,
} from '@nanoclaw/host'
import { NanoclawError } from '@nanoclaw/schema'
import { createRedactor } from './channels/redactor.ts'
import type { Config } from './config.ts'
import type { OperatorEntry } from './config/operator-entries.ts'

/**
 * The configured ways to the operator, in the order in which they are asked.
 * @throws NanoclawError `bad-option` where a variable that one needs is not set: a daemon that could
 *   tell nobody does not start.
 */
export function createSinks({
  operator,
  file,
}: Pick<Config, 'operator' | 'file'>): readonly (OperatorSink | OperatorPlace)[] {
  return operator.map((entry, index) => toSink(entry, `"operator" in ${file}: entry ${index + 1}`))
}

function toSink(entry: OperatorEntry, source: string): OperatorSink | OperatorPlace {
  if (entry.way === 'place') {
    const { channelType, instance, chatId, threadId } = entry
    return { place: { channelType, instance, chatId, threadId } }
  }
  if (entry.way === 'command') return createCommandSink(entry)
  const { url, headers, unset, secrets } = entry
  const [missing] = unset
  if (missing !== undefined || url === undefined) {
    const variable = missing?.variable ?? ''
    const problem = `the variable ${variable} is not set; set it where the daemon starts`
    throw new NanoclawError('bad-option', `${source}: ${problem}`)
  }
  return withoutSecrets(createWebhookSink({ url, headers }), secrets)
}

/** Whatever it says of itself is logged. */
function withoutSecrets(sink: OperatorSink, secrets: readonly string[]): OperatorSink {
  const redactor = createRedactor(secrets)
  return {
    name: sink.name,
    async tell(notice, signal) {
      try {
        await sink.tell(notice, signal)
      } catch (error) {
        throw redactor.error(error)
      }
    },
  }
}
