/** `kafka-producer-perf-test`: how fast records are taken, and how long each takes. */
import { readFileSync } from 'node:fs'
import { type Clock, type Prng, randomBelow } from '@dorsale/base'
import type { Producer, ProducerRecord } from '@dorsale/client'
import { type ClusterSettings, clusterSettings, openProducer } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { Latencies, LatencyWindow } from './latencies.ts'
import { metricsTable } from './metrics-table.ts'
import { usage } from './options.ts'
import { defineScript } from './script.ts'
import { Throttle } from './throttle.ts'

/** Kafka's tool says how it is going every so often. */
const windowMs = 5000
/** Within the code points of A to Z, as Kafka's tool fills its records. */
const alphabetStart = 65
const alphabetSize = 26
const transactionDurationDefaultMs = 3000

export const producerPerfTest = defineScript({
  summary: 'Send records as fast as they are taken, or at a rate, and print rate and latencies.',
  prefixes: true,
  options: {
    'bootstrap-server': { value: 'host:port', doc: 'Brokers to begin with, separated by commas.' },
    'command-property': {
      kind: 'many',
      value: 'key=value',
      aliases: ['producer-props'],
      doc: 'Settings of the producer.',
    },
    'command-config': {
      value: 'file',
      aliases: ['producer.config'],
      doc: 'A properties file with settings of the producer.',
    },
    topic: { value: 'topic', doc: 'Where to send the records.' },
    'num-records': { value: 'count', doc: 'How many records to send.' },
    'record-size': { value: 'bytes', doc: 'How large each record is; or --payload-file.' },
    'payload-file': { value: 'file', doc: 'Records to choose from at random.' },
    'payload-delimiter': { value: 'text', default: '\\n', doc: 'What stands between the records of --payload-file.' },
    'payload-monotonic': { kind: 'flag', doc: 'Records that count up from 0, as text.' },
    throughput: { value: 'rate', doc: 'Records a second at most; -1 for as many as are taken.' },
    'print-metrics': { kind: 'flag', doc: 'Print what the producer has counted and measured of itself, at the end.' },
    'transactional-id': { value: 'id', doc: 'Send in transactions of this id.' },
    'transaction-duration-ms': {
      value: 'ms',
      doc: 'How long each transaction lasts. Default: 3000, if there is a transactional id.',
    },
    'warmup-records': { value: 'count', default: '0', doc: 'Records at the start that do not count in the summary.' },
  },
  async run(options, io) {
    const topic = options.required('topic')
    const count = options.integer('num-records')
    const rate = options.integer('throughput')
    const warmup = options.integer('warmup-records') ?? 0
    if (count === undefined || rate === undefined)
      throw usage(`Missing required argument "[${count === undefined ? 'num-records' : 'throughput'}]"`)
    if (count <= 0) throw usage(`--num-records should be greater than zero, not ${count}`)
    if (warmup < 0 || warmup >= count) throw usage(`--warmup-records should be less than --num-records, not ${warmup}`)
    const nextValue = payloads(io.world.prng, {
      size: options.integer('record-size'),
      file: options.text('payload-file'),
      delimiter: options.required('payload-delimiter').replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
      isMonotonic: options.has('payload-monotonic'),
    })
    const found = {
      'client.id': 'perf-producer-client',
      ...clusterSettings(io, {
        bootstrapServer: options.text('bootstrap-server'),
        configFile: options.text('command-config'),
        properties: options.texts('command-property'),
      }),
    }
    const durationMs = options.integer('transaction-duration-ms')
    const settings = transactionalSettings(found, { id: options.text('transactional-id'), durationMs, io })
    const producer = openProducer(io, settings)
    try {
      const run = new Run(io, { producer, warmup, rate })
      const isTransactional = settings['transactional.id'] !== undefined
      await run.send(count, index => ({ topic, value: nextValue(index) }), {
        transactionMs: isTransactional ? (durationMs ?? transactionDurationDefaultMs) : undefined,
      })
      await write(io.stdout, run.summary())
      if (options.has('print-metrics')) await write(io.stdout, metricsTable(producer.metrics()))
      return run.failures > 0 ? 1 : 0
    } finally {
      await producer.close()
    }
  },
})

function transactionalSettings(
  settings: ClusterSettings,
  { id, durationMs, io }: { id: string | undefined; durationMs: number | undefined; io: CommandIo },
): ClusterSettings {
  if (id !== undefined) return { ...settings, 'transactional.id': id }
  if (durationMs === undefined || settings['transactional.id'] !== undefined) return settings
  if (durationMs <= 0) throw usage(`--transaction-duration-ms should be greater than zero, not ${durationMs}`)
  // As Kafka's: a duration alone means transactions, of an id that nobody else has.
  return { ...settings, 'transactional.id': `performance-producer-${randomBelow(io.world.prng, 2 ** 32).toString(36)}` }
}

/** The values to send, by the index of the record. */
function payloads(
  prng: Prng,
  given: { size: number | undefined; file: string | undefined; delimiter: string; isMonotonic: boolean },
): (index: number) => string | Uint8Array {
  const ways = [given.size, given.file, given.isMonotonic || undefined].filter(each => each !== undefined)
  if (ways.length !== 1) throw usage('say what to send: one of --record-size, --payload-file and --payload-monotonic')
  if (given.isMonotonic) return String
  if (given.file !== undefined) {
    const values = readFileSync(given.file, 'utf8').split(given.delimiter).filter(Boolean)
    if (values.length === 0) throw usage(`${given.file} holds no records`)
    return () => values[randomBelow(prng, values.length)]!
  }
  const size = given.size ?? 0
  if (size < 0) throw usage(`--record-size should be greater than zero, not ${size}`)
  const value = Uint8Array.from({ length: size }, () => alphabetStart + randomBelow(prng, alphabetSize))
  return () => value
}

/** One run: sends, measures, and says every few seconds how it goes. */
class Run {
  readonly #clock: Clock
  readonly #io: CommandIo
  readonly #producer: Producer
  readonly #throttle: Throttle
  readonly #warmup: number
  readonly #all: Latencies
  readonly #steady: Latencies
  readonly #window: LatencyWindow
  failures = 0

  constructor(io: CommandIo, { producer, warmup, rate }: { producer: Producer; warmup: number; rate: number }) {
    this.#io = io
    this.#clock = io.world.clock
    this.#producer = producer
    this.#warmup = warmup
    this.#throttle = new Throttle(this.#clock, rate)
    this.#all = new Latencies(this.#clock.monotonic())
    this.#steady = warmup === 0 ? this.#all : new Latencies(this.#clock.monotonic())
    this.#window = new LatencyWindow(this.#clock.monotonic(), windowMs)
  }

  async send(
    count: number,
    recordOf: (index: number) => ProducerRecord,
    { transactionMs }: { transactionMs: number | undefined },
  ): Promise<void> {
    const producer = this.#producer
    if (transactionMs !== undefined) await producer.initTransactions()
    let transactionStartMs: number | undefined
    for (let index = 0; index < count && !this.#io.signal.aborted; index++) {
      if (transactionMs !== undefined && transactionStartMs === undefined) {
        producer.beginTransaction()
        transactionStartMs = this.#clock.monotonic()
      }
      if (index === this.#warmup) this.#steady.startMs = this.#clock.monotonic()
      this.#sendOne(recordOf(index), index)
      if (transactionStartMs !== undefined && this.#clock.monotonic() - transactionStartMs >= (transactionMs ?? 0)) {
        await producer.commitTransaction()
        transactionStartMs = undefined
      }
      const isDue = this.#throttle.count()
      if (isDue !== undefined) await isDue
      else if (producer.isFull) await producer.room()
    }
    if (transactionStartMs !== undefined) await producer.commitTransaction()
    else await producer.flush()
  }

  #sendOne(record: ProducerRecord, index: number): void {
    const startMs = this.#clock.monotonic()
    const bytes = record.value?.length ?? 0
    this.#producer
      .send(record)
      .observed()
      .then(
        () => {
          const nowMs = this.#clock.monotonic()
          const latencyMs = Math.round(nowMs - startMs)
          this.#all.add(latencyMs, bytes, nowMs)
          if (this.#steady !== this.#all && index >= this.#warmup) this.#steady.add(latencyMs, bytes, nowMs)
          const line = this.#window.add(latencyMs, bytes, nowMs)
          if (line !== undefined) this.#io.stdout.write(line)
        },
        (error: Error) => {
          this.failures++
          this.#io.stderr.write(`${error.message}\n`)
        },
      )
  }

  summary(): string {
    if (this.#steady === this.#all) return this.#all.summary('records sent')
    return this.#all.summary('records sent') + this.#steady.summary('steady state records sent')
  }
}
