/** How the console consumers are told what records shall look like. */
import { parsePairs, readProperties } from '../cluster/settings.ts'
import { findFormatter } from './formatters.ts'
import type { OptionTable, ParsedOptions } from './options.ts'
import type { RecordFormatter } from './record-formatter.ts'

export const formatterOptions = {
  formatter: {
    value: 'class',
    default: 'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
    doc: "How records are printed. Kafka's own formatters can be named, with or without their package.",
  },
  'formatter-property': {
    value: 'key=value',
    repeated: true,
    aliases: ['property'],
    doc: 'print.timestamp, print.partition, print.offset, print.delivery, print.epoch, print.headers, print.key (false); print.value (true); key.separator (a tab), line.separator, headers.separator (,), null.literal (null), key.deserializer, value.deserializer, headers.deserializer. May be repeated.',
  },
  'formatter-config': { value: 'file', doc: 'A properties file for the formatter.' },
  'key-deserializer': { value: 'class', doc: "One of Kafka's deserializers for keys. Default: bytes as they are." },
  'value-deserializer': { value: 'class', doc: "One of Kafka's deserializers for values. Default: bytes as they are." },
} as const satisfies OptionTable

/** The formatter that the options ask for. Throws when there is none of that name, or it does not understand its properties. */
export function formatterOf(parsed: ParsedOptions<keyof typeof formatterOptions>): RecordFormatter {
  const config = parsed.text('formatter-config')
  const key = parsed.text('key-deserializer')
  const value = parsed.text('value-deserializer')
  return findFormatter(parsed.required('formatter'), {
    ...(config === undefined ? {} : readProperties(config)),
    ...parsePairs(parsed.texts('formatter-property')),
    ...(key === undefined ? {} : { 'key.deserializer': key }),
    ...(value === undefined ? {} : { 'value.deserializer': value }),
  })
}
