import type { OpenDatabase } from '@nanoclaw/schema/database'
import { auditLog } from '@nanoclaw/schema/drizzle'
import { asc, desc, gt, sql } from 'drizzle-orm'
import { limitOf, limitOne } from '../statements/limit.ts'

/** The statements on the audit log. */
export function auditStatements(orm: OpenDatabase['orm']) {
  return {
    lastAudit: () =>
      orm
        .select({ number: auditLog.number, hash: auditLog.hash })
        .from(auditLog)
        .orderBy(desc(auditLog.number))
        .limit(limitOne())
        .prepare(),
    auditAfter: () =>
      orm
        .select()
        .from(auditLog)
        .where(gt(auditLog.number, sql.placeholder('after')))
        .orderBy(asc(auditLog.number))
        .limit(limitOf('limit'))
        .prepare(),
    newestAudit: () =>
      orm
        .select()
        .from(auditLog)
        .where(gt(auditLog.number, 0))
        .orderBy(desc(auditLog.number))
        .limit(limitOf('limit'))
        .prepare(),
    insertAudit: () =>
      orm
        .insert(auditLog)
        .values({
          number: sql.placeholder('number'),
          at: sql.placeholder('at'),
          kind: sql.placeholder('kind'),
          actor: sql.placeholder('actor'),
          subject: sql.placeholder('subject'),
          details: sql.placeholder('details'),
          previous: sql.placeholder('previous'),
          hash: sql.placeholder('hash'),
        })
        .prepare(),
  }
}
