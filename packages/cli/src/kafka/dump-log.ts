/** `kafka-dump-log`: the files of a log directory, as text. */
import { serdeByClassName } from '@dorsale/serde'
import { write } from '../command-io.ts'
import { dumpFile, type Mismatches } from '../log/dump-file.ts'
import { printLines } from '../log/print-lines.ts'
import { internalDecoder, metadataDecoder, type RecordDecoder, textDecoder } from '../log/record-decoders.ts'
import { type ParsedOptions, usage } from './options.ts'
import { defineScript } from './script.ts'

const options = {
  files: { value: 'files', doc: 'The files, separated by commas: segments, indexes, snapshots. Required.' },
  'print-data-log': { kind: 'flag', doc: 'Print keys and values too; a decoder does so anyway.' },
  'deep-iteration': { kind: 'flag', doc: 'Print records, and not batches alone.' },
  'skip-record-metadata': { kind: 'flag', doc: 'Print keys and values alone of each record.' },
  'offsets-decoder': { kind: 'flag', doc: 'Records are those of __consumer_offsets.' },
  'transaction-log-decoder': { kind: 'flag', doc: 'Records are those of __transaction_state.' },
  'share-group-state-decoder': { kind: 'flag', doc: 'Records are those of __share_group_state.' },
  'cluster-metadata-decoder': { kind: 'flag', doc: 'Records are those of __cluster_metadata.' },
  'remote-log-metadata-decoder': { kind: 'flag', doc: 'Refused: there is no remote storage.' },
  'key-decoder-class': {
    kind: 'optional',
    value: 'class',
    doc: "One of Kafka's deserializers for keys. Default: text.",
  },
  'value-decoder-class': {
    kind: 'optional',
    value: 'class',
    doc: "One of Kafka's deserializers for values. Default: text.",
  },
  'index-sanity-check': { kind: 'flag', doc: 'Only say whether indexes are whole.' },
  'verify-index-only': { kind: 'flag', doc: 'Only say where indexes do not agree with their segment.' },
  'max-bytes': { value: 'bytes', doc: 'Read no more of a segment. Default: all of it.' },
  'max-message-size': { value: 'bytes', doc: 'Has no effect: batches may have any size.' },
} as const

type Options = ParsedOptions<keyof typeof options>

export const dumpLog = defineScript({
  summary: 'Print segments, indexes and snapshots of a log directory.',
  options,
  async run(parsed, io) {
    const decoder = decoderOf(parsed)
    const mismatches: Mismatches = new Map()
    for (const file of parsed.required('files').split(',')) {
      await write(io.stdout, `Dumping ${file}\n`)
      const lines = dumpFile(
        file,
        {
          decoder,
          isDeep: parsed.has('deep-iteration') || decoder !== undefined,
          skipsMetadata: parsed.has('skip-record-metadata'),
          bytesMax: parsed.integer('max-bytes') ?? Number.POSITIVE_INFINITY,
          isSilent: parsed.has('verify-index-only'),
          isSanityOnly: parsed.has('index-sanity-check'),
        },
        mismatches,
      )
      if (lines === undefined) io.stderr.write(`Ignoring unknown file ${file}\n`)
      else await printLines(io, lines)
    }
    for (const [title, lines] of mismatches) io.stderr.write(`${[title, ...lines].join('\n')}\n`)
    return 0
  },
})

/** Undefined: payloads are not printed. */
function decoderOf(parsed: Options): RecordDecoder | undefined {
  if (parsed.has('remote-log-metadata-decoder'))
    throw usage('There is no remote storage, so there is none of its metadata')
  if (parsed.has('offsets-decoder')) return internalDecoder('groups')
  if (parsed.has('transaction-log-decoder')) return internalDecoder('transactions')
  if (parsed.has('share-group-state-decoder')) return internalDecoder('share-state')
  if (parsed.has('cluster-metadata-decoder')) return metadataDecoder
  const isWanted = parsed.has('print-data-log') || parsed.has('key-decoder-class') || parsed.has('value-decoder-class')
  return isWanted
    ? textDecoder(serdeOf(parsed, 'key-decoder-class'), serdeOf(parsed, 'value-decoder-class'))
    : undefined
}

function serdeOf(parsed: Options, option: 'key-decoder-class' | 'value-decoder-class') {
  const [name] = parsed.texts(option)
  // Kafka's decoders of its older tools, by what they are called today.
  const serde = name === undefined ? undefined : serdeByClassName(name.replace(/^.*\.(\w+)Decoder$/, '$1Deserializer'))
  if (name !== undefined && serde === undefined) throw usage(`Classes of Java cannot be loaded: ${name}`)
  return serde
}
