import { incidents } from '@nanoclaw/schema/drizzle'
import { getTableColumns } from 'drizzle-orm'

const {
  toldAt: _toldAt,
  toldThrough: _toldThrough,
  tellAttempts: _tellAttempts,
  nextTellAt: _nextTellAt,
  ...columns
} = getTableColumns(incidents)

/** What an `Incident` is made of: all but what became of telling the operator. */
export const incidentColumns = columns
