import type { Core } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { ActorRegistry } from './actor-registry.ts'

/** What it takes to reach a session's deliveries. */
export interface LetThroughDeps {
  readonly core: Pick<Core, 'sessions'>
  readonly registry: Pick<ActorRegistry, 'use'>
  /** Before it no session may be woken. */
  readonly started: Promise<void>
}

/** Sends a message that was refused, for a person has approved it; nothing where that is done. Durable. */
export async function letThrough(
  { core, registry, started }: LetThroughDeps,
  sessionId: string,
  messageOutId: string,
): Promise<void> {
  await started
  const session = await core.sessions.get(sessionId)
  if (session === undefined) {
    throw new NanoclawError('not-found', `no session is called ${sessionId}`)
  }
  await registry.use(session, async (actor) => {
    // Woken again, should this process end now.
    await actor.announce()
    await actor.deliveries.letThrough(messageOutId)
  })
}
