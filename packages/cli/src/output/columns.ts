/** Rows as Kafka's tools print them with `printf`: each cell padded to its column, a blank between two. */

/** A column is at least so wide; 0: the last, which is not padded. */
export function columnWidths(minimal: readonly number[], rows: readonly (readonly string[])[]): number[] {
  return minimal.map((width, index) => (width === 0 ? 0 : Math.max(width, ...rows.map(row => row[index]?.length ?? 0))))
}

export function formatColumns(widths: readonly number[], cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')
}
