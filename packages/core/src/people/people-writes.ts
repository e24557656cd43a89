import { NanoclawError, timestamp, userId, type Account } from '@nanoclaw/schema/plain'
import type { AgentRows } from '../agents/agent-rows.ts'
import { audit } from '../audit/audit-writes.ts'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { PeopleRows } from './people-rows.ts'
import type { KnownPerson, NewRole } from './types.ts'

/** A user whose account and name have been checked. */
export interface CheckedUser extends Account {
  readonly name: string
  readonly personId: string | undefined
  readonly role: NewRole | undefined
}

/** What {@link peopleWrites} is made of. */
export interface PeopleDeps {
  readonly tools: WriteTools
  readonly agents: AgentRows
  readonly rows: PeopleRows
}

/** The role's columns. Throws `not-found`, `bad-option`. */
function roleColumns(agents: AgentRows, { role, agentGroupId = null }: NewRole) {
  if (agentGroupId === null) return { role, agentGroupId: '' }
  agents.require(agentGroupId)
  if (role !== 'owner') return { role, agentGroupId }
  throw new NanoclawError(
    'bad-option',
    'expected an owner to be one of all agents, got one agent; make an admin of it',
  )
}

/** What is written of people. */
export function peopleWrites({ tools, agents, rows }: PeopleDeps) {
  const { sql, clock, ids } = tools

  function giveRole(personId: string, role: NewRole, grantedBy: string): void {
    const columns = roleColumns(agents, role)
    const given = { personId, ...columns, grantedAt: timestamp(clock), grantedBy }
    if (sql.insertRole().run(given).changes === 0) return
    audit(tools, { kind: 'role-granted', actor: grantedBy, subject: personId, details: columns })
  }

  function newPerson(name: string): string {
    const id = ids.next('per')
    sql.insertPerson().run({ id, name, createdAt: timestamp(clock) })
    return id
  }

  /** The person of an account, which is known then. */
  function know(user: CheckedUser, by: string): string {
    const { name, personId, channelType, channelInstance, handle } = user
    const account = { channelType, channelInstance, handle }
    const id = userId(account)
    const known = rows.findUser(id)
    if (personId !== undefined) rows.require(personId)
    if (known !== undefined) {
      if (personId === undefined || personId === known.personId) return known.personId
      throw new NanoclawError('taken', `${id} is an account of ${known.personId} already`)
    }
    const owner = personId ?? newPerson(name)
    sql.insertUser().run({ id, personId: owner, ...account, createdAt: timestamp(clock) })
    audit(tools, { kind: 'user-added', actor: by, subject: owner, details: { user: id } })
    return owner
  }

  function add(user: CheckedUser, by: string): KnownPerson {
    const personId = know(user, by)
    if (user.role !== undefined) giveRole(personId, user.role, by)
    return present(rows.get(personId), 'the person')
  }

  return {
    add,
    remove(id: string, by: string): void {
      const { personId } = rows.requireUser(id)
      sql.removeUser().run({ id })
      audit(tools, { kind: 'user-removed', actor: by, subject: personId, details: { user: id } })
      if (rows.require(personId).users.length > 0) return
      sql.removeRolesOfPerson().run({ personId })
      sql.removePerson().run({ id: personId })
    },
    grantRole(id: string, role: NewRole, by: string): KnownPerson {
      const { personId } = rows.requireUser(id)
      giveRole(personId, role, by)
      return rows.require(personId)
    },
    revokeRole(id: string, { role, agentGroupId = null }: NewRole, by: string): KnownPerson {
      const { personId } = rows.requireUser(id)
      const columns = { role, agentGroupId: agentGroupId ?? '' }
      if (sql.removeRole().run({ personId, ...columns }).changes > 0) {
        audit(tools, { kind: 'role-revoked', actor: by, subject: personId, details: columns })
        return rows.require(personId)
      }
      const of = agentGroupId === null ? 'all agents' : agentGroupId
      throw new NanoclawError('not-found', `expected ${id} to be ${role} of ${of}, it is not`)
    },
    /** Whether there was none. */
    ensureOwner(user: CheckedUser): boolean {
      if (rows.hasOwner()) return false
      add({ ...user, role: { role: 'owner' } }, 'operator')
      return true
    },
    noteDirectChat: (id: string, messagingGroupId: string): void =>
      void sql.setDirectChat().run({ id, messagingGroupId }),
  }
}
