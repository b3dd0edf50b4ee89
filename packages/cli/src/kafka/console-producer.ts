/** `kafka-console-producer`: each line of standard input is a record. */
import { createInterface } from 'node:readline'
import { DorsaleError } from '@dorsale/base'
import { clusterSettings, openProducer, parsePairs, readProperties } from '../cluster/settings.ts'
import type { CommandIo } from '../command-io.ts'
import { type LineReader, lineReader } from './line-reader.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['producer.config'] },
  'command-property': {
    value: 'key=value',
    repeated: true,
    aliases: ['producer-property'],
    doc: 'A setting of the producer, over those of the file; may be repeated.',
  },
  topic: { value: 'topic', doc: 'The topic to write to. Required.' },
  sync: { kind: 'flag', doc: 'Wait for each record to be written before the next is read.' },
  'reader-property': {
    value: 'key=value',
    repeated: true,
    aliases: ['property'],
    doc: 'How a line is read: parse.key, parse.headers (false); key.separator, headers.delimiter (a tab); headers.separator (,); headers.key.separator (:); null.marker (none); ignore.error (false). May be repeated.',
  },
  'reader-config': { value: 'file', doc: 'A properties file that says how a line is read.' },
  'line-reader': {
    value: 'class',
    default: 'org.apache.kafka.tools.LineMessageReader',
    doc: 'The class that reads lines; there is only this one.',
  },
  'compression-codec': {
    kind: 'optional',
    value: 'codec',
    doc: 'none, gzip, snappy, lz4 or zstd; gzip when no codec is named. Default: none.',
  },
  'batch-size': { value: 'bytes', doc: 'batch.size. Default: 16384.' },
  'max-partition-memory-bytes': { value: 'bytes', doc: 'Another name of --batch-size.' },
  'max-memory-bytes': { value: 'bytes', doc: 'buffer.memory. Default: 33554432.' },
  'max-block-ms': { value: 'ms', doc: 'max.block.ms. Default: 60000.' },
  'message-send-max-retries': { value: 'count', doc: 'retries. Default: 3.' },
  'retry-backoff-ms': { value: 'ms', doc: 'retry.backoff.ms. Default: 100.' },
  'metadata-expiry-ms': { value: 'ms', doc: 'metadata.max.age.ms. Default: 300000.' },
  'request-required-acks': { value: 'acks', doc: 'acks. Default: -1.' },
  'request-timeout-ms': { value: 'ms', doc: 'request.timeout.ms. Default: 1500.' },
  'socket-buffer-size': { value: 'bytes', doc: "Has no effect: the system's default is kept." },
  timeout: { value: 'ms', doc: 'linger.ms. Default: 1000.' },
} as const

type Options = ParsedOptions<keyof typeof options>

export const consoleProducer = defineScript({
  summary: 'Write lines of standard input as records.',
  options,
  async run(parsed, io) {
    const topic = parsed.required('topic')
    if (parsed.text('line-reader') !== options['line-reader'].default)
      throw usage(`Classes of Java cannot be loaded: ${parsed.text('line-reader')}`)
    const readerConfig = parsed.text('reader-config')
    const reader = lineReader(topic, {
      ...(readerConfig === undefined ? {} : readProperties(readerConfig)),
      ...parsePairs(parsed.texts('reader-property')),
    })
    const settings = {
      'client.id': 'console-producer',
      ...clusterSettings(io, {
        bootstrapServer: parsed.text('bootstrap-server'),
        configFile: parsed.text('command-config'),
        properties: parsed.texts('command-property'),
      }),
    }
    return produce(io, { ...producerDefaults(parsed), ...settings, ...namedSettings(parsed) }, reader, {
      isSync: parsed.has('sync'),
    })
  },
})

/** The tool's own defaults of the producer's settings. */
const defaults = {
  'linger.ms': '1000',
  'request.timeout.ms': '1500',
  retries: '3',
  acks: '-1',
  'compression.type': 'none',
}

function producerDefaults(parsed: Options): Record<string, string> {
  const codec = parsed.has('compression-codec') ? (parsed.texts('compression-codec')[0] ?? 'gzip') : 'none'
  return { ...defaults, 'compression.type': codec }
}

/** What options of the tool say about the producer; they count for more than the properties. */
function namedSettings(parsed: Options): Record<string, string> {
  const names: [option: keyof typeof options, key: string][] = [
    ['timeout', 'linger.ms'],
    ['request-required-acks', 'acks'],
    ['request-timeout-ms', 'request.timeout.ms'],
    ['message-send-max-retries', 'retries'],
    ['retry-backoff-ms', 'retry.backoff.ms'],
    ['max-memory-bytes', 'buffer.memory'],
    ['max-partition-memory-bytes', 'batch.size'],
    ['batch-size', 'batch.size'],
    ['metadata-expiry-ms', 'metadata.max.age.ms'],
    ['max-block-ms', 'max.block.ms'],
  ]
  return Object.fromEntries(
    names.flatMap(([option, key]) => {
      const text = parsed.text(option)
      return text === undefined ? [] : [[key, text]]
    }),
  )
}

async function produce(
  io: CommandIo,
  settings: Readonly<Record<string, string>>,
  reader: LineReader,
  { isSync }: { isSync: boolean },
): Promise<number> {
  const onDeliveryError = (error: Error) =>
    io.stderr.write(`ERROR Error when sending message to topic: ${error.message}\n`)
  const producer = openProducer(io, settings, { onDeliveryError })
  const lines = createInterface({ input: io.stdin, crlfDelay: Number.POSITIVE_INFINITY, signal: io.signal })
  const prompts = isPerson(io.stdin)
  let lineNumber = 0
  let exitCode = 0
  try {
    if (prompts) io.stdout.write('>')
    for await (const line of lines) {
      const delivery = producer.send(reader(line, ++lineNumber))
      if (isSync) await delivery
      else if (producer.isFull) await producer.room()
      if (prompts) io.stdout.write('>')
    }
  } catch (error) {
    if (!(error instanceof DorsaleError)) throw error
    io.stderr.write(`${error.message}\n`)
    exitCode = 1
  } finally {
    lines.close()
    await producer.close()
  }
  return exitCode
}

function isPerson(stdin: CommandIo['stdin']): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true
}
