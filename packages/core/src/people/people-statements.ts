import type { OpenDatabase } from '@nanoclaw/schema/database'
import { people, userRoles, users } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import { limitOne } from '../statements/limit.ts'

type Orm = OpenDatabase['orm']

const ofAgent = sql`${userRoles.agentGroupId} IN ('', ${sql.placeholder('agentGroupId')})`

function roleStatements(orm: Orm) {
  const person = eq(userRoles.personId, sql.placeholder('personId'))
  const one = and(
    person,
    eq(userRoles.role, sql.placeholder('role')),
    eq(userRoles.agentGroupId, sql.placeholder('agentGroupId')),
  )
  return {
    rolesOfPerson: () =>
      orm.select().from(userRoles).where(person).orderBy(asc(userRoles.role)).prepare(),
    rolesForAgent: () =>
      orm
        .select({ role: userRoles.role })
        .from(users)
        .innerJoin(userRoles, eq(userRoles.personId, users.personId))
        .where(and(eq(users.id, sql.placeholder('userId')), ofAgent))
        .prepare(),
    anOwner: () =>
      orm
        .select({ personId: userRoles.personId })
        .from(userRoles)
        .where(eq(userRoles.role, 'owner'))
        .limit(limitOne())
        .prepare(),
    roleOfPerson: () => orm.select().from(userRoles).where(one).prepare(),
    insertRole: () =>
      orm
        .insert(userRoles)
        .values({
          personId: sql.placeholder('personId'),
          role: sql.placeholder('role'),
          agentGroupId: sql.placeholder('agentGroupId'),
          grantedAt: sql.placeholder('grantedAt'),
          grantedBy: sql.placeholder('grantedBy'),
        })
        .onConflictDoNothing()
        .prepare(),
    removeRole: () => orm.delete(userRoles).where(one).prepare(),
    removeRolesOfPerson: () => orm.delete(userRoles).where(person).prepare(),
  }
}

/** The statements on people, their accounts and their roles. */
export function peopleStatements(orm: Orm) {
  const user = eq(users.id, sql.placeholder('id'))
  const person = eq(people.id, sql.placeholder('id'))
  return {
    ...roleStatements(orm),
    personById: () => orm.select().from(people).where(person).prepare(),
    allPeople: () => orm.select().from(people).orderBy(asc(insertion)).prepare(),
    insertPerson: () =>
      orm
        .insert(people)
        .values({
          id: sql.placeholder('id'),
          name: sql.placeholder('name'),
          createdAt: sql.placeholder('createdAt'),
        })
        .prepare(),
    removePerson: () => orm.delete(people).where(person).prepare(),
    userById: () => orm.select().from(users).where(user).prepare(),
    usersOfPerson: () =>
      orm
        .select()
        .from(users)
        .where(eq(users.personId, sql.placeholder('personId')))
        .orderBy(asc(insertion))
        .prepare(),
    insertUser: () =>
      orm
        .insert(users)
        .values({
          id: sql.placeholder('id'),
          personId: sql.placeholder('personId'),
          channelType: sql.placeholder('channelType'),
          channelInstance: sql.placeholder('channelInstance'),
          handle: sql.placeholder('handle'),
          createdAt: sql.placeholder('createdAt'),
          directChatId: null,
        })
        .prepare(),
    setDirectChat: () =>
      orm
        .update(users)
        .set({ directChatId: sql`${sql.placeholder('messagingGroupId')}` })
        .where(user)
        .prepare(),
    removeUser: () => orm.delete(users).where(user).prepare(),
  }
}
