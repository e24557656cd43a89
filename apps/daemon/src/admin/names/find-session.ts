import type { Core, Session } from '@nanoclaw/core'
import { pick } from './pick.ts'

/**
 * A conversation by its id.
 * @throws NanoclawError `not-found`.
 */
export async function findSession(core: Pick<Core, 'sessions'>, typed: string): Promise<Session> {
  const known = await core.sessions.get(typed)
  if (known !== undefined) return known
  return pick(typed, await core.sessions.list(), {
    what: 'conversation',
    names: [({ id }) => [id]],
    id: ({ id }) => id,
    list: 'nanoclaw sessions',
    create: 'talk to an agent, nanoclaw chat',
  })
}
