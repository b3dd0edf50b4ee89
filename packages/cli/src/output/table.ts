/** Rows in columns, for people, or as JSON, for programs. */

export const outputForms = ['table', 'json'] as const
export type OutputForm = (typeof outputForms)[number]

export type Cell = string | number | boolean | null | undefined
export type Row = Readonly<Record<string, Cell>>

/** Columns as wide as their widest cell, two blanks between them; numbers to the right. What is not there is a dash. Answers '' for no rows. */
export function formatTable(rows: readonly Row[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const names = Object.keys(first)
  const columns = names.map(name => {
    const texts = rows.map(row => textOf(row[name]))
    const isNumeric = rows.every(row => typeof row[name] === 'number' || row[name] === null || row[name] === undefined)
    const width = Math.max(headerOf(name).length, ...texts.map(text => text.length))
    return { header: headerOf(name), texts, width, isNumeric }
  })
  const line = (cellOf: (column: (typeof columns)[number]) => string) =>
    columns
      .map(column => (column.isNumeric ? cellOf(column).padStart(column.width) : cellOf(column).padEnd(column.width)))
      .join('  ')
      .trimEnd()
  const lines = [line(({ header }) => header), ...rows.map((_, index) => line(({ texts }) => texts[index] ?? ''))]
  return `${lines.join('\n')}\n`
}

/** The rows in the form that was asked for. JSON keeps names and types as they are. */
export function formatRows(rows: readonly Row[], form: OutputForm): string {
  return form === 'json' ? formatJson(rows) : formatTable(rows)
}

/** One document, indented. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? each.toString() : each), 2)}\n`
}

/** `underReplicated` is headed UNDER-REPLICATED. */
function headerOf(name: string): string {
  return name.replaceAll(/[a-z](?=[A-Z])/g, '$&-').toUpperCase()
}

function textOf(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : String(cell)
}
