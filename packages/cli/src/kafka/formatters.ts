/** The formatters that `--formatter` can name: Kafka's own, with or without the package in front. */
import type { ConsumerRecord } from '@dorsale/client'
import {
  formatGroupMetadata,
  formatOffsets,
  formatShareGroup,
  formatShareState,
  formatTransactions,
} from './internal-topics.ts'
import { usage } from './options.ts'
import { type RecordFormatter, recordFormatter } from './record-formatter.ts'

type MakeFormatter = (properties: Readonly<Record<string, string>>) => RecordFormatter

const formatters: Readonly<Record<string, MakeFormatter>> = {
  DefaultMessageFormatter: recordFormatter,
  LoggingMessageFormatter: recordFormatter,
  NoOpMessageFormatter: () => () => undefined,
  OffsetsMessageFormatter: () => json(formatOffsets),
  GroupMetadataMessageFormatter: () => json(formatGroupMetadata),
  TransactionLogMessageFormatter: () => json(formatTransactions),
  ShareGroupMessageFormatter: () => json(formatShareGroup),
  ShareGroupStateMessageFormatter: () => json(formatShareState),
}

/** Throws with the names that there are. */
export function findFormatter(className: string, properties: Readonly<Record<string, string>>): RecordFormatter {
  const name = className.replace(/^.*[.$]/, '')
  const make = Object.hasOwn(formatters, name) ? formatters[name] : undefined
  if (make === undefined)
    throw usage(`There is no formatter ${className}: there are ${Object.keys(formatters).join(', ')}`)
  return make(properties)
}

/** Records that are not of the kind are passed over. */
function json(format: (record: ConsumerRecord) => string | undefined): RecordFormatter {
  return (record, parts) => {
    const text = format(record)
    if (text !== undefined) parts.push(Buffer.from(text))
  }
}
