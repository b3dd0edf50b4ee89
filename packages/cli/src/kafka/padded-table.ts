/** A table as several of Kafka's tools print it: each column as wide as its widest cell, a tab behind each. */
export function paddedTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)))
  return [header, ...rows]
    .map(row => `${row.map((cell, column) => `${cell.padEnd(widths[column] ?? 0)}\t`).join('')}\n`)
    .join('')
}
