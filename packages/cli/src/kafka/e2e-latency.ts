/** `kafka-e2e-latency`: how long a record takes from its sender to its reader, one record after the other. */
import { DorsaleError, type Prng, randomBelow } from '@dorsale/base'
import type { Consumer, ProducerRecord, RecordChunk } from '@dorsale/client'
import { errorCodes, ProtocolError, type RecordHeader } from '@dorsale/protocol'
import { type ClusterSettings, clusterSettings, openConsumer, openProducer, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  topic: { value: 'topic', doc: 'Where to send and to read. It is made if it is not there, with one partition.' },
  'num-records': { value: 'count', doc: 'How many records, one after the other.' },
  'producer-acks': { value: 'acks', doc: '1 or all.' },
  'record-size': { value: 'bytes', doc: 'How large each value is.' },
  'record-key-size': { value: 'bytes', default: '0', doc: 'How large each key is; 0: none.' },
  'num-headers': { value: 'count', default: '0', doc: 'How many headers each record has.' },
  'record-header-key-size': { value: 'bytes', default: '0', doc: 'How long the name of a header is.' },
  'record-header-size': { value: 'bytes', default: '0', doc: 'How large the value of a header is; -1: null.' },
} as const

type Options = ParsedOptions<keyof typeof options>

/** How long a record may take. */
const pollMs = 60_000
/** There is a line for each of so many records. */
const reportEvery = 1000
/** Of the letters that stand in records, as in Kafka's tool: A to Z. */
const alphabetStart = 65
const alphabetSize = 26

export const e2eLatency = defineScript({
  summary: 'Measure how long records take from their sender to their reader.',
  options,
  async run(parsed, io) {
    const topic = parsed.required('topic')
    const count = atLeast(parsed, 'num-records', 1)
    const acks = parsed.required('producer-acks')
    if (acks !== '1' && acks !== 'all')
      throw usage("Latency testing requires synchronous acknowledgement. Please use '1' or 'all' for --producer-acks.")
    const shape = shapeOf(parsed)
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.required('bootstrap-server'),
      configFile: parsed.text('command-config'),
    })
    await ensureTopic(topic, io, settings)
    const consumer = openConsumer(io, {
      ...settings,
      'group.id': `test-group-${io.world.clock.now()}`,
      'enable.auto.commit': 'false',
      'auto.offset.reset': 'latest',
      'fetch.max.wait.ms': '0',
    })
    const producer = openProducer(io, { ...settings, acks, 'linger.ms': '0' })
    try {
      await goToEnd(consumer, topic)
      const latenciesMs = new Float64Array(count)
      for (let index = 0; index < count && !io.signal.aborted; index++) {
        const record = { topic, ...recordOf(io.world.prng, shape) }
        const startMs = io.world.clock.monotonic()
        await producer.send(record)
        const chunk = await consumer.poll({ timeoutMs: pollMs })
        const tookMs = io.world.clock.monotonic() - startMs
        check(record, chunk)
        latenciesMs[index] = tookMs
        if (index % reportEvery === 0) await write(io.stdout, `${index}\t${tookMs}\n`)
      }
      if (io.signal.aborted) return 0
      await consumer.commit()
      await write(io.stdout, summary(latenciesMs))
      return 0
    } finally {
      await producer.close()
      await consumer.close()
    }
  },
})

interface Shape {
  readonly valueBytes: number
  readonly keyBytes: number
  readonly headers: number
  readonly headerKeyBytes: number
  readonly headerValueBytes: number
}

function shapeOf(parsed: Options): Shape {
  return {
    valueBytes: atLeast(parsed, 'record-size', 0),
    keyBytes: atLeast(parsed, 'record-key-size', 0),
    headers: atLeast(parsed, 'num-headers', 0),
    headerKeyBytes: atLeast(parsed, 'record-header-key-size', 0),
    headerValueBytes: atLeast(parsed, 'record-header-size', -1),
  }
}

function atLeast(parsed: Options, name: keyof typeof options, least: number): number {
  const value = parsed.integer(name)
  if (value === undefined) throw usage(`Missing required argument "[${name}]"`)
  if (value < least) throw usage(`--${name} must be ${least} or more, not ${value}`)
  return value
}

async function ensureTopic(topic: string, io: CommandIo, settings: ClusterSettings): Promise<void> {
  await withAdmin(io, settings, async admin => {
    const names = (await admin.listTopics()).map(({ name }) => name)
    if (names.includes(topic)) return
    const line = `Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1\n`
    await write(io.stdout, line)
    try {
      await admin.createTopics([{ name: topic, numPartitions: 1, replicationFactor: 1 }])
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof ProtocolError && error.errorCode === errorCodes.TOPIC_ALREADY_EXISTS)) throw error
    }
  })
}

/** Nothing of what is there already is read. */
async function goToEnd(consumer: Consumer, topic: string): Promise<void> {
  const partitions = await consumer.partitionsFor(topic)
  consumer.assign(partitions)
  consumer.seekToEnd(partitions)
  for (const partition of partitions) await consumer.position(partition)
}

function recordOf(prng: Prng, { valueBytes, keyBytes, headers, headerKeyBytes, headerValueBytes }: Shape) {
  return {
    value: letters(prng, valueBytes),
    key: keyBytes === 0 ? null : letters(prng, keyBytes),
    headers: Array.from({ length: headers }, () => ({
      key: letters(prng, headerKeyBytes).toString(),
      value: headerValueBytes < 0 ? null : letters(prng, headerValueBytes),
    })),
  }
}

function letters(prng: Prng, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count)
  for (let index = 0; index < count; index++) bytes[index] = alphabetStart + randomBelow(prng, alphabetSize)
  return bytes
}

/** What was read is what was sent, alone. */
function check(sent: ProducerRecord & { headers: readonly RecordHeader[] }, chunk: RecordChunk | undefined): void {
  if (chunk === undefined) throw failure(`poll() timed out before finding a result (timeout:[${pollMs}ms])`)
  const records = [...chunk]
  const [record] = records
  if (records.length !== 1 || record === undefined)
    throw failure(`Only one result was expected during this test. We found [${records.length}]`)
  const { key, value, headers } = record
  if (!isSame(value, sent.value)) throw failure('The message that was read is not the message that was sent')
  if (!isSame(key, sent.key)) throw failure('The key that was read is not the key that was sent')
  const isSameHeader = ({ key: name, value: text }: RecordHeader, index: number) =>
    sent.headers[index]?.key === name && isSame(text, sent.headers[index].value)
  if (headers.length !== sent.headers.length || !headers.every(isSameHeader))
    throw failure('The headers that were read are not the headers that were sent')
}

function isSame(read: Uint8Array | null, sent: unknown): boolean {
  if (read === null) return sent === null
  return sent instanceof Uint8Array && Buffer.compare(read, sent) === 0
}

function summary(latenciesMs: Float64Array): string {
  const average = latenciesMs.reduce((sum, each) => sum + each, 0) / latenciesMs.length
  const sorted = latenciesMs.toSorted()
  const at = (share: number) => Math.trunc(sorted[Math.trunc(sorted.length * share)] ?? 0)
  return `Avg latency: ${average.toFixed(4)} ms\nPercentiles: 50th = ${at(0.5)}, 99th = ${at(0.99)}, 99.9th = ${at(0.999)}\n`
}

function failure(sentence: string): DorsaleError {
  return new DorsaleError('DORSALE_E2E_LATENCY', sentence)
}
