import type { Core, KnownPerson, RoleGrant } from '@nanoclaw/core'
import { z } from 'zod'
import type { Flag, Word } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { agentNames } from './reports.ts'

const roles = ['owner', 'admin', 'member'] as const

/** What somebody may. */
export const role = z.enum(roles)

/** Somebody, as commands show them. */
export interface UserReport extends Omit<KnownPerson, 'roles'> {
  readonly roles: readonly (RoleGrant & { readonly agent: string | null })[]
}

/** The word of {@link role}. */
export const roleWord: Word = { name: 'role', about: 'what they may', choices: roles }

/** The flag of {@link role}. */
export const roleFlag: Flag = { form: '--role <role>', about: 'what they may', choices: roles }

/** The flag that limits a role. */
export const ofAgentFlag: Flag = {
  form: '--agent <agent>',
  about: 'for this agent alone (default: for all)',
  is: 'agent',
}

/** What roles mean, for the help of each command about them. */
export const aboutRoles = `
An owner may all that an admin may, an admin all that a member may: a member is heard by the agent, an
admin decides what it asks for, an owner may decide on what they have brought about themselves. An owner
is one of all agents.`

/** The id of the agent that a role is limited to. */
export async function idOfAgent(
  core: Pick<Core, 'agents'>,
  agent: string | undefined,
): Promise<string | null> {
  return agent === undefined ? null : (await findAgent(core, agent)).id
}

/** People with the names of the agents that their roles are limited to. */
export async function describePeople(
  core: Pick<Core, 'agents'>,
  people: readonly KnownPerson[],
): Promise<UserReport[]> {
  const names = await agentNames(core)
  return people.map((person) => ({
    ...person,
    roles: person.roles.map((grant) => ({
      ...grant,
      agent: grant.agentGroupId && (names.get(grant.agentGroupId) ?? grant.agentGroupId),
    })),
  }))
}

/** Such as `admin, member of Ada`. */
export function rolesText({ roles: all }: UserReport): string {
  return all.map(({ role: name, agent }) => (agent ? `${name} of ${agent}` : name)).join(', ')
}

/** One line for each. */
export function peopleLines(people: readonly UserReport[]): string[] {
  return people.map((person) => {
    const accounts = person.users.map(({ id }) => id).join(', ')
    return `${person.name} (${accounts}): ${rolesText(person) || 'no role'}`
  })
}
