import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Otel } from './otel.ts'

/** What is the same for all messages of a channel; few enough values for a metric. */
export interface ChannelAttributes {
  readonly 'messaging.system': 'nanoclaw'
  /** The channel type, and its instance after a slash where it has a name. */
  readonly 'messaging.destination.name': string
}

/** The counters and histograms of a host, by OpenTelemetry's conventions for messaging and GenAI. */
export type Instruments = ReturnType<typeof createInstruments>

// What the conventions advise.
const messagingSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const agentSeconds = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6]

/** What spans and metrics say of a channel. */
export function channelAttributes(
  channel: Pick<ChannelAdapter, 'channelType' | 'instance'>,
): ChannelAttributes {
  const { channelType, instance } = channel
  return {
    'messaging.system': 'nanoclaw',
    'messaging.destination.name': instance === '' ? channelType : `${channelType}/${instance}`,
  }
}

/** Makes the instruments of one host. */
export function createInstruments(otel: Otel) {
  return {
    /** One hand-over of an adapter, from its call to the answer. */
    handedOver: otel.durations(
      'messaging.process.duration',
      'Duration of processing operation.',
      messagingSeconds,
    ),
    consumed: otel.counter(
      'messaging.client.consumed.messages',
      '{message}',
      'Number of messages that were delivered to the application.',
    ),
    /** One call of an adapter. */
    called: otel.durations(
      'messaging.client.operation.duration',
      'Duration of messaging operation initiated by a producer or consumer client.',
      messagingSeconds,
    ),
    sent: otel.counter(
      'messaging.client.sent.messages',
      '{message}',
      'Number of messages producer attempted to send to the broker.',
    ),
    /** From a durable row to its end. */
    answered: otel.durations(
      'gen_ai.invoke_agent.duration',
      'Duration of a single agent invocation.',
      agentSeconds,
    ),
    started: otel.durations(
      'nanoclaw.container.start.duration',
      'Duration of starting a container.',
      messagingSeconds,
    ),
    awake: otel.level('nanoclaw.session.awake', '{session}', 'Sessions that something goes on in.'),
    running: otel.level(
      'nanoclaw.container.running',
      '{container}',
      'Containers that run or start.',
    ),
    waiting: otel.level(
      'nanoclaw.container.waiting',
      '{session}',
      'Sessions that wait for a container because all slots are taken.',
    ),
  }
}
