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

/** What a person has approved of a message: to send what was `refused`, or what is `inDoubt` once more. */
export type Approved = 'refused' | 'inDoubt'

/** Sends a message as a person has approved; nothing where that is done. Durable. */
export async function letThrough(
  { core, registry, started }: LetThroughDeps,
  { sessionId, messageOutId }: { readonly sessionId: string; readonly messageOutId: string },
  approved: Approved,
): Promise<void> {
  await started
  const session = await core.sessions.get(sessionId)
  if (session === undefined) {
    throw new NanoclawError('not-found', `no session is called ${sessionId}`)
  }
  await registry.use(session, async (actor) => {
    // Woken again, should this process end now.
    await actor.announce()
    const { deliveries } = actor
    if (approved === 'refused') await deliveries.letThrough(messageOutId)
    else await deliveries.sendAgain(messageOutId)
  })
}
