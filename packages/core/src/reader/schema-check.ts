import { outboundSchemaProblem, type OutboundSchema } from '@nanoclaw/schema/untrusted'
import type { Statements } from './statements.ts'

/**
 * Why the file may not be read, or undefined when it may. To be asked inside the read transaction,
 * before anything else of the connection.
 */
export type SchemaCheck = () => string | undefined

/**
 * In the file's header. These need no schema, so that the first of them begins the transaction before
 * SQLite parses any: what it reads by and what is compared are then of one moment.
 */
const headerSql = ['PRAGMA schema_version', 'PRAGMA application_id', 'PRAGMA user_version']

/**
 * All of it, as it stands in the file: putting it in order, as a comparison with what is expected
 * must, is most of what that costs. One more than the 200 objects that are ever compared is told from
 * them; longer SQL than 64 KiB is none of ours.
 */
const objectsSql = `SELECT json_group_array(json_array(type, name, tbl_name, rootpage,
  substr(sql, 1, 65536))) FROM (SELECT * FROM sqlite_schema LIMIT 201)`

/**
 * Compares the whole schema in every read: with what is expected in the first, then with what was
 * found sound. The header's schema version alone would not do: a container can rewrite the one and
 * keep the other.
 */
export function createSchemaCheck(
  statements: Statements,
  schemas: readonly OutboundSchema[],
): SchemaCheck {
  const asked = [...headerSql, objectsSql]
  const now = () => asked.map((sql) => statements.value(sql))
  let sound: readonly unknown[] | undefined
  return () => {
    const found = now()
    if (sound?.every((value, index) => value === found[index]) === true) return undefined
    const problem = outboundSchemaProblem(statements, schemas)
    sound = problem === undefined ? found : undefined
    return problem
  }
}
