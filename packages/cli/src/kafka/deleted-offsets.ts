/** What the tools for consumer groups and for streams groups print of offsets that are deleted. */
import type { Outcome, TopicPartition } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { type CommandIo, write } from '../command-io.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'
import { bareMessage } from './bare-message.ts'
import { javaException } from './java-exception.ts'

/**
 * Says what became of the whole, and of each partition. Answers whether all of it went. A partition below 0 stands for a topic that is not there: it has a line of its own, and
 * no part in what is said of the whole.
 */
export async function printDeletedOffsets(
  io: CommandIo,
  group: string,
  outcomes: readonly Outcome<TopicPartition, void>[],
): Promise<boolean> {
  const failures = outcomes.flatMap(({ key, error }) => (key.partition < 0 ? [] : (error ?? [])))
  const whole = failures.find(error => !(error instanceof ProtocolError && partitionErrors.includes(error.errorCode)))
  if (whole !== undefined) await write(io.stdout, `\nError: ${bareMessage(whole)}\n`)
  else if (failures.length > 0)
    await write(io.stdout, '\nError: Encountered some partition-level error, see the follow-up details.\n')
  else await write(io.stdout, `Request succeeded for deleting offsets from group ${group}.\n`)
  const rows = outcomes.map(({ key, error }) => [
    key.topic,
    key.partition < 0 ? '-' : String(key.partition),
    error === undefined ? 'Successful'.padEnd(statusWidth) : `Error: ${javaException(error)}`,
  ])
  const all = [['TOPIC', 'PARTITION', 'STATUS'.padEnd(statusWidth)], ...rows]
  const widths = columnWidths([15, 10], all)
  await write(io.stdout, `${all.map(row => `\n${formatColumns(widths, row)}`).join('')}\n`)
  return outcomes.every(({ error }) => error === undefined)
}

const statusWidth = 15

/** Errors about a partition; any other is about the group. */
const partitionErrors: readonly number[] = [
  errorCodes.GROUP_SUBSCRIBED_TO_TOPIC,
  errorCodes.TOPIC_AUTHORIZATION_FAILED,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
]
