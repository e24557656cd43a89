import { NanoclawError, type Account } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { displayText } from '../destinations/display-text.ts'
import type { PeopleRows } from './people-rows.ts'
import type { CheckedUser } from './people-writes.ts'
import type { NewRole, NewUser, People } from './types.ts'

const operator = 'operator'
const longestHandle = 300

/** Throws `bad-option`. */
function checkUser({
  channelType,
  channelInstance,
  handle,
  name,
  personId,
  role,
}: NewUser): CheckedUser {
  const account: Account = { channelType, channelInstance, handle }
  if (channelType === '' || handle === '' || handle.length > longestHandle) {
    throw new NanoclawError(
      'bad-option',
      `expected a user as <channel>:<handle>, the handle of 1 to ${longestHandle} characters, got ${JSON.stringify(account)}`,
    )
  }
  return {
    ...account,
    name: displayText(name ?? handle.slice(0, 200), 'a person’s name'),
    personId,
    role: role && plainRole(role),
  }
}

function plainRole({ role, agentGroupId }: NewRole): NewRole {
  return { role, agentGroupId: agentGroupId ?? null }
}

/** People in the central database. */
export function createPeople(store: CentralStore, rows: PeopleRows): People {
  const { read, readCached, write } = store
  const roleFor: People['roleFor'] = (agentGroupId, userId) =>
    readCached(`role:${JSON.stringify([agentGroupId, userId])}`, () =>
      rows.roleFor(agentGroupId, userId),
    )
  return {
    add: async (user, by = operator) => write('people', 'add', checkUser(user), by),
    remove: (userId, by = operator) => write('people', 'remove', userId, by),
    grantRole: (userId, role, by = operator) =>
      write('people', 'grantRole', userId, plainRole(role), by),
    revokeRole: (userId, role, by = operator) =>
      write('people', 'revokeRole', userId, plainRole(role), by),
    async ensureOwner(user) {
      if (await read(() => rows.hasOwner())) return false
      return write('people', 'ensureOwner', checkUser(user))
    },
    noteDirectChat: (userId, messagingGroupId) =>
      write('people', 'noteDirectChat', userId, messagingGroupId),
    find: (userId) => read(() => rows.find(userId)),
    user: (userId) => readCached(`user:${userId}`, () => rows.findUser(userId)),
    get: (personId) => read(() => rows.get(personId)),
    list: () => read(() => rows.all()),
    roleFor,
    isMember: async (agentGroupId, userId) => (await roleFor(agentGroupId, userId)) !== null,
  }
}
