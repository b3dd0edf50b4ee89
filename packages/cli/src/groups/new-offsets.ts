/** The table in which Kafka's tools print the offsets that groups get. */
import { type CommandIo, write } from '../command-io.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'
import type { PlannedOffset } from './reset-plan.ts'

export async function printNewOffsets(
  io: CommandIo,
  plans: readonly { readonly group: string; readonly offset: PlannedOffset }[],
): Promise<void> {
  const rows = plans.map(({ group, offset }) => [group, offset.topic, String(offset.partition), String(offset.offset)])
  const all = [['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows]
  const widths = columnWidths([15, 15, 10, 0], all)
  await write(io.stdout, `${all.map(row => `\n${formatColumns(widths, row)}`).join('')}\n`)
}
