import type { CentralStore } from '../central/central-store.ts'
import type { DestinationLookUps } from '../destinations/grant-destination.ts'
import { displayText } from '../destinations/display-text.ts'
import { normalizeName, numberedName } from '../destinations/normalize-name.ts'
import type { HomeFiles } from '../files/home-files.ts'
import { childMade, childRefusal } from './child-writes.ts'
import type { ChildOutcome, Children } from './types.ts'

/** Agents that agents ask for, in the central database and the home. */
export function createChildren(
  store: CentralStore,
  lookUps: DestinationLookUps,
  files: Pick<HomeFiles, 'hasAgentFolder' | 'stageInstructions' | 'prepareAgentFolder'>,
  notify: (agentGroupId: string) => void,
): Children {
  const { sql } = store
  const deps = { ...lookUps, sql }

  const isFree = async (folder: string): Promise<boolean> => {
    const isTaken = await store.read(() => lookUps.agents.folderTaken(folder))
    return !isTaken && !(await files.hasAgentFolder(folder))
  }

  const madeBy: Children['madeBy'] = (actionId, parentId, name) =>
    store.read(() =>
      sql.actionApplied().get({ actionId }) === undefined
        ? undefined
        : childMade(deps, parentId, name),
    )
  const refusal: Children['refusal'] = (parentId, mostChildren) =>
    store.read(() => childRefusal(deps, parentId, mostChildren))

  return {
    async freeFolder(name) {
      const base = normalizeName(name)
      for (let number = 1; ; number += 1) {
        const folder = numberedName(base, number)
        if (await isFree(folder)) return folder
      }
    },
    madeBy,
    refusal,
    async create(child): Promise<ChildOutcome> {
      const { spec } = child
      displayText(spec.name, 'an agent’s name')
      const { parentId, name } = spec
      const before = await madeBy(child.actionId, parentId, name)
      if (before?.outcome === 'created') {
        await files.prepareAgentFolder(before.agent)
        return before
      }
      const reason = await refusal(parentId, child.mostChildren)
      if (reason !== undefined) return { outcome: 'refused', reason }
      const id = store.ids.next('ag')
      // First: no start of it may find it without, whenever this process dies.
      if (spec.instructions !== '') await files.stageInstructions(id, spec.instructions)
      const made = await store.write('children', 'create', child, id)
      if (made.outcome !== 'created') return made
      await files.prepareAgentFolder(made.agent)
      notify(parentId)
      return made
    },
  }
}
