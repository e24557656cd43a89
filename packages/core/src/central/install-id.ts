import { meta } from '@nanoclaw/schema/drizzle'
import { eq } from 'drizzle-orm'
import type { CentralStore } from './central-store.ts'
import { present } from './narrow.ts'

const key = 'install_id'

/** The id this home got when it was made; the same for ever, for everybody who opens it. */
export function loadInstallId(store: CentralStore): Promise<string> {
  return store.write('full', () => {
    const read = () => store.orm.select().from(meta).where(eq(meta.key, key)).get()
    const found = read()
    if (found !== undefined) return found.value
    store.orm
      .insert(meta)
      .values({ key, value: store.ids.next('inst') })
      .run()
    return present(read(), 'the install id').value
  })
}
