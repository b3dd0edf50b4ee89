/** `kafka-consumer-perf-test`: how fast records can be read. */
import { type Clock, randomBelow } from '@dorsale/base'
import type { Consumer, RebalanceListener } from '@dorsale/client'
import { clusterSettings, openConsumer } from '../cluster/settings.ts'
import { type CommandIo, onInterrupt, write } from '../command-io.ts'
import { formatJavaDate } from './java-date.ts'
import { metricsTable } from './metrics-table.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'
import { topicPattern } from './topic-filter.ts'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['consumer.config'] },
  'command-property': {
    value: 'key=value',
    repeated: true,
    doc: 'A setting of the consumer, over those of the file; may be repeated.',
  },
  topic: { value: 'topic', doc: 'The topic to read.' },
  include: { value: 'regex', doc: 'The topics to read, in place of --topic.' },
  'num-records': { value: 'count', aliases: ['messages'], doc: 'How many records. Required.' },
  'from-latest': { kind: 'flag', doc: 'Begin at the end, and not with the first record.' },
  'fetch-size': { value: 'bytes', default: '1048576', doc: 'max.partition.fetch.bytes.' },
  'socket-buffer-size': { value: 'bytes', doc: "Has no effect: the system's default is kept." },
  group: { value: 'group', doc: 'The group to read in. Default: a group of its own, perf-consumer- and a number.' },
  timeout: { kind: 'optional', value: 'ms', default: '10000', doc: 'End when no record has come for so long.' },
  'reporting-interval': { value: 'ms', default: '5000', doc: 'How often there is a line with --show-detailed-stats.' },
  'show-detailed-stats': { kind: 'flag', doc: 'A line for each interval, in place of one at the end.' },
  'date-format': {
    value: 'format',
    default: 'yyyy-MM-dd HH:mm:ss:SSS',
    doc: "How times are printed, in the letters of Java's SimpleDateFormat.",
  },
  threads: { value: 'count', doc: 'Has no effect, as in Kafka since 2.8; Kafka 4 knows it no more.' },
  'hide-header': { kind: 'flag', doc: 'No line with the names of the columns.' },
  'print-metrics': { kind: 'flag', doc: 'Print what the consumer has counted and measured of itself, at the end.' },
} as const

type Options = ParsedOptions<keyof typeof options>

const rest =
  'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'
const bytesPerMb = 1024 * 1024
/** How many groups of its own there may be, as in Kafka's tool. */
const ownGroupsMax = 100_000

export const consumerPerfTest = defineScript({
  summary: 'Measure how fast records are read.',
  options,
  async run(parsed, io) {
    if (parsed.has('topic') === parsed.has('include')) throw usage('Exactly one of --include/--topic is required.')
    const recordCount = parsed.integer('num-records')
    if (recordCount === undefined) throw usage('Missing required argument "[num-records]"')
    const settings: Record<string, string> = {
      'client.id': 'perf-consumer-client',
      'group.id': parsed.text('group') ?? `perf-consumer-${randomBelow(io.world.prng, ownGroupsMax)}`,
      'max.partition.fetch.bytes': parsed.required('fetch-size'),
      'auto.offset.reset': parsed.has('from-latest') ? 'latest' : 'earliest',
      'check.crcs': 'false',
      ...clusterSettings(io, {
        bootstrapServer: parsed.text('bootstrap-server'),
        configFile: parsed.text('command-config'),
        properties: parsed.texts('command-property'),
      }),
    }
    const isDetailed = parsed.has('show-detailed-stats')
    if (!parsed.has('hide-header'))
      await write(io.stdout, `${isDetailed ? 'time, threadId, ' : 'start.time, end.time, '}${rest}\n`)
    const consumer = openConsumer(io, settings)
    const callOff = onInterrupt(io.signal, () => consumer.close())
    try {
      await measure(consumer, io, { parsed, recordCount, isDetailed })
      if (parsed.has('print-metrics')) await write(io.stdout, metricsTable(consumer.metrics()))
    } finally {
      callOff()
      await consumer.close()
    }
    return 0
  },
})

async function measure(
  consumer: Consumer,
  io: CommandIo,
  run: { parsed: Options; recordCount: number; isDetailed: boolean },
): Promise<void> {
  const { parsed, recordCount, isDetailed } = run
  const { clock } = io.world
  const timeoutMs = parsed.integer('timeout') ?? 0
  const intervalMs = parsed.integer('reporting-interval') ?? 0
  const date = (ms: number) => formatJavaDate(parsed.required('date-format'), ms)
  const start = { wallMs: clock.now(), ms: clock.monotonic() }
  const joins = new Joins(clock)
  const topic = parsed.text('topic')
  consumer.subscribe(topic === undefined ? topicPattern(parsed.required('include')) : [topic], joins)
  const all = { bytes: 0, count: 0, ms: start.ms }
  let reported = { ...all, ms: start.ms }
  const line = (from: { bytes: number; count: number }, elapsedMs: number, joinMs: number) => {
    const mb = (all.bytes - from.bytes) / bytesPerMb
    const count = all.count - from.count
    const fetchMs = elapsedMs - joinMs
    const per = (amount: number, ms: number) => (ms > 0 ? (amount * 1000) / ms : 0).toFixed(4)
    return `${(all.bytes / bytesPerMb).toFixed(4)}, ${per(mb, elapsedMs)}, ${all.count}, ${per(count, elapsedMs)}, ${Math.round(joinMs)}, ${Math.round(fetchMs)}, ${per(mb, fetchMs)}, ${per(count, fetchMs)}`
  }
  while (all.count < recordCount && !io.signal.aborted) {
    const chunk = await consumer.poll({ timeoutMs })
    if (chunk === undefined) {
      await write(
        io.stdout,
        `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.\n`,
      )
      break
    }
    for (const { key, value } of chunk) {
      all.count++
      all.bytes += (key?.length ?? 0) + (value?.length ?? 0)
    }
    const nowMs = clock.monotonic()
    if (isDetailed && nowMs - reported.ms >= intervalMs) {
      await write(io.stdout, `${date(clock.now())}, 0, ${line(reported, nowMs - reported.ms, joins.takeRoundMs())}\n`)
      reported = { ...all, ms: nowMs }
    }
  }
  if (isDetailed) return
  const elapsedMs = clock.monotonic() - start.ms
  const zero = { bytes: 0, count: 0 }
  await write(
    io.stdout,
    `${date(start.wallMs)}, ${date(start.wallMs + elapsedMs)}, ${line(zero, elapsedMs, joins.totalMs)}\n`,
  )
}

/** How long was waited for the group: what the columns call rebalance. */
class Joins implements RebalanceListener {
  readonly #clock: Clock
  #startMs: number
  #roundMs = 0
  totalMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startMs = clock.monotonic()
  }

  revoked(): void {
    this.#startMs = this.#clock.monotonic()
  }

  assigned(): void {
    const ms = this.#clock.monotonic() - this.#startMs
    this.totalMs += ms
    this.#roundMs += ms
  }

  /** Since it was asked for the last time. */
  takeRoundMs(): number {
    const ms = this.#roundMs
    this.#roundMs = 0
    return ms
  }
}
