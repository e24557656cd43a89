/** A column as a table of the session protocol has it. */
export interface DocumentedColumn {
  readonly name: string
  /** The default, as SQL. */
  readonly value: string | undefined
  readonly pk: boolean
  /** Whether it is said to be text (`TEXT`, `JSON`). */
  readonly text: boolean
}

/** A table of the session protocol. */
export interface DocumentedTable {
  readonly columns: readonly DocumentedColumn[]
  /** What is unique beside the primary key: names of columns, joined by commas. */
  readonly unique: readonly string[]
}

/**
 * The tables in the code block of a section, by name. A line that begins at the margin begins a
 * table; `+` parts v2's columns from ours; what stands in brackets, or after three blanks, is said to
 * people.
 * @throws Error for anything else that is not understood, so that nothing is passed over.
 */
export function documentedTables(
  protocol: string,
  section: number,
): ReadonlyMap<string, DocumentedTable> {
  const block = new RegExp(`^## ${section}\\. [^]*?^\`\`\`\\n([^]*?)^\`\`\``, 'm').exec(
    protocol,
  )?.[1]
  if (block === undefined) throw new Error(`expected tables in section ${section}`)
  return new Map(
    block
      .trimEnd()
      .split(/\n(?=\S)/)
      .map((entry) => {
        const [, name = '', list = ''] = /^(\w+)\s+([^]*)$/.exec(entry) ?? []
        return [name, documentedTable(list)]
      }),
  )
}

function documentedTable(list: string): DocumentedTable {
  const oneLine = list
    .split('\n')
    .map((line) => line.trim().replace(/\s{3,}.*$/, ''))
    .join(' ')
  const together = [...oneLine.matchAll(/, UNIQUE\(([^)]*)\)/g)].map(([, names = '']) =>
    names.replaceAll(' ', ''),
  )
  const words = oneLine
    .replaceAll(/, UNIQUE\([^)]*\)/g, '')
    .replaceAll(/\((?!PK)[^)]*\)/g, '')
    .split(/[,+]/)
    .map((word) => word.trim())
  const both = words.some((word) => word.endsWith(' (PK both)'))
  const parsed = words.map((word, index) => {
    const plain = word.replace(' (PK both)', '')
    const column = /^([a-z_]+)(?:=(\d+|'[a-z]*'))?((?: (?:TEXT|JSON|PK|UNIQUE))*)$/.exec(plain)
    if (column === null) throw new Error(`expected a column, got: ${word}`)
    const [, name = '', value, flags = ''] = column
    // `id=1` is no default: the table has one row, with that id.
    const oneRow = name === 'id' && value === '1'
    const last = words.findIndex((other) => other.endsWith(' (PK both)'))
    return {
      name,
      value: oneRow ? undefined : value,
      pk: oneRow || flags.includes(' PK') || (both && index <= last),
      text: /TEXT|JSON/.test(flags),
      unique: flags.includes(' UNIQUE'),
    }
  })
  const alone = parsed.filter(({ unique }) => unique).map(({ name }) => name)
  return { columns: parsed, unique: [...alone, ...together] }
}

/** The columns of `sessions`, from the sentence that lists them. */
export function documentedSessionColumns(protocol: string): string[] {
  const list = /Columns of `sessions`: ([^]*?)\.\n/.exec(protocol)?.[1] ?? ''
  return list
    .replaceAll(/\([^)]*\)/g, '')
    .split(',')
    .map((word) => word.trim())
}
