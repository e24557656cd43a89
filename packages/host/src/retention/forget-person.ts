import type { Core, ForgetReport, OutboundReader, Person } from '@nanoclaw/core'
import type { ActorRegistry } from '../session/actor-registry.ts'
import { containerQuestions } from './ask-container.ts'

/** What forgetting somebody in a running host needs. */
export interface ForgetPersonDeps {
  readonly core: Core
  readonly registry: Pick<ActorRegistry, 'hold'>
  readonly reader: OutboundReader
  /** Sessions that were held go on. */
  onDue(): void
}

/** Forgets somebody: each session that they took part in is held while it is done there. */
export async function forgetPerson(
  deps: ForgetPersonDeps,
  person: Person,
  dryRun: boolean,
): Promise<ForgetReport> {
  const { core, registry, reader, onDue } = deps
  try {
    return await core.forget(person, {
      dryRun,
      hold: (session, work) =>
        registry.hold(session.id, async () => {
          const done = await work()
          reader.forget?.(session.agentGroupId, session.id)
          return done
        }),
      ...containerQuestions(deps),
    })
  } finally {
    onDue()
  }
}
