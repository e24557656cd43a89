import { explainSqliteError, type Ids, type PlainDatabase } from '@nanoclaw/schema/plain'
import { bindStatements } from '../statements/bind-statements.ts'
import { centralSql } from './central-statements.generated.ts'
import type { CentralStatements } from './central-statements.ts'
import { retryBusy } from './retry-busy.ts'

const key = 'install_id'

/** The id this home got when it was made; the same for ever, for everybody who opens it. */
export async function loadInstallId(
  database: PlainDatabase,
  { path, ids }: { readonly path: string; readonly ids: Ids },
): Promise<string> {
  const { meta, setMeta }: CentralStatements = bindStatements(database.sqlite, centralSql)
  const find = () => meta().get({ key })?.value
  const give = (): string => {
    const value = find() ?? ids.next('inst')
    setMeta().run({ key, value })
    return value
  }
  try {
    return await retryBusy(() => find() ?? database.transact('immediate', give))
  } catch (error) {
    throw explainSqliteError(error, path)
  }
}
