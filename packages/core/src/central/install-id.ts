import { meta } from '@nanoclaw/schema/drizzle'
import { eq } from 'drizzle-orm'
import { present } from './narrow.ts'
import type { CentralOrm, WriteTools } from './write-tools.ts'

const key = 'install_id'

/** The id this home got when it was made; undefined before it is given. */
export function findInstallId({ orm }: CentralOrm): string | undefined {
  return orm.select().from(meta).where(eq(meta.key, key)).get()?.value
}

/** What is written of the home as a whole. */
export function homeWrites(tools: WriteTools) {
  return {
    /** Gives the home its id, the same for ever, for everybody who opens it; or tells it. */
    installId(): string {
      const found = findInstallId(tools)
      if (found !== undefined) return found
      tools.orm
        .insert(meta)
        .values({ key, value: tools.ids.next('inst') })
        .run()
      return present(findInstallId(tools), 'the install id')
    },
  }
}
