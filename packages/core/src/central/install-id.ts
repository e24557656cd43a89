import { present } from './narrow.ts'
import type { CentralSql, WriteTools } from './write-tools.ts'

const key = 'install_id'

/** The id this home got when it was made; undefined before it is given. */
export function findInstallId({ sql }: CentralSql): string | undefined {
  return sql.meta().get({ key })?.value
}

/** What is written of the home as a whole. */
export function homeWrites(tools: WriteTools) {
  return {
    /** Gives the home its id, the same for ever, for everybody who opens it; or tells it. */
    installId(): string {
      const found = findInstallId(tools)
      if (found !== undefined) return found
      tools.sql.setMeta().run({ key, value: tools.ids.next('inst') })
      return present(findInstallId(tools), 'the install id')
    },
  }
}
