import { NanoclawError, type Role } from '@nanoclaw/schema/plain'
import type { people, userRoles } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { KnownPerson, RoleGrant, User } from './types.ts'

/** Strongest first. */
const roles = ['owner', 'admin', 'member'] as const satisfies readonly Role[]

function toRole(text: string): Role {
  return oneOf(roles, text, 'user_roles.role')
}

function toGrant(row: typeof userRoles.$inferSelect): RoleGrant {
  const { agentGroupId, grantedAt, grantedBy } = row
  const of = agentGroupId === '' ? null : agentGroupId
  return { role: toRole(row.role), agentGroupId: of, grantedAt, grantedBy }
}

/** What other parts of the core look up of people, inside their own read or write. */
export function peopleRows(central: CentralSql) {
  const { sql } = central
  const whole = (row: typeof people.$inferSelect): KnownPerson => ({
    ...row,
    users: sql.usersOfPerson().all({ personId: row.id }),
    roles: sql.rolesOfPerson().all({ personId: row.id }).map(toGrant),
  })
  const get = (personId: string): KnownPerson | undefined => {
    const row = sql.personById().get({ id: personId })
    return row && whole(row)
  }
  const findUser = (userId: string): User | undefined => sql.userById().get({ id: userId })
  /** The strongest role of a user for an agent (null: for all); null for a stranger. */
  const roleFor = (agentGroupId: string | null, userId: string): Role | null => {
    const has = sql.rolesForAgent().all({ userId, agentGroupId: agentGroupId ?? '' })
    return roles.find((role) => has.some((row) => toRole(row.role) === role)) ?? null
  }
  return {
    get,
    findUser,
    roleFor,
    isMember: (agentGroupId: string, userId: string): boolean =>
      roleFor(agentGroupId, userId) !== null,
    all: (): KnownPerson[] => sql.allPeople().all().map(whole),
    find(userId: string): KnownPerson | undefined {
      const user = findUser(userId)
      return user && get(user.personId)
    },
    /** Throws `not-found`. */
    requireUser(userId: string): User {
      const user = findUser(userId)
      if (user !== undefined) return user
      throw new NanoclawError('not-found', `expected a user who is known, there is no ${userId}`)
    },
    /** Throws `not-found`. */
    require(personId: string): KnownPerson {
      const person = get(personId)
      if (person !== undefined) return person
      throw new NanoclawError(
        'not-found',
        `expected the id of a person, there is none with ${personId}`,
      )
    },
    hasOwner: (): boolean => sql.anOwner().get() !== undefined,
    hasRole: (personId: string, role: Role, agentGroupId: string | null): boolean =>
      sql.roleOfPerson().get({ personId, role, agentGroupId: agentGroupId ?? '' }) !== undefined,
  }
}

/** What {@link peopleRows} gives. */
export type PeopleRows = ReturnType<typeof peopleRows>
