/** `kafka-verifiable-producer`: numbers, one after the other, and a line of JSON for the fate of each. Kafka's system tests are built on it. */
import type { Producer, ProducerRecord } from '@dorsale/client'
import { ProtocolError } from '@dorsale/protocol'
import { clusterSettings, openProducer } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { bareMessage } from './bare-message.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'
import { Throttle } from './throttle.ts'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['producer.config'] },
  topic: { value: 'topic', doc: 'The topic to write to. Required.' },
  'max-messages': { value: 'count', default: '-1', doc: 'How many records; -1: until it is interrupted.' },
  throughput: { value: 'rate', default: '-1', doc: 'Records a second, about; -1: as many as it can.' },
  acks: { value: 'acks', default: '-1', doc: 'Who must have a record: -1 (all), 1, 0.' },
  'message-create-time': {
    value: 'ms',
    default: '-1',
    doc: 'The timestamp of the first record; the next ones follow. -1: now.',
  },
  'value-prefix': { value: 'number', doc: 'Stands in front of each value, with a dot.' },
  'repeating-keys': { value: 'count', doc: 'Keys from 0 up to this, again and again. Default: no keys.' },
} as const

type Options = ParsedOptions<keyof typeof options>

export const verifiableProducer = defineScript({
  summary: 'Write numbers, and say of each what became of it, in JSON.',
  options,
  prefixes: true,
  async run(parsed, io) {
    const acks = parsed.required('acks')
    const isSafe = acks === '-1' || acks === 'all'
    const settings = {
      ...clusterSettings(io, {
        bootstrapServer: parsed.text('bootstrap-server'),
        configFile: parsed.text('command-config'),
      }),
      // No batch is sent again: what is told is what happened to it.
      retries: '0',
      'enable.idempotence': 'false',
      acks: isSafe ? 'all' : acks,
    }
    const producer = openProducer(io, settings)
    const { clock } = io.world
    const say = (event: object) => io.stdout.write(`${JSON.stringify(event)}\n`)
    say({ timestamp: clock.now(), name: 'startup_complete' })
    const startMs = clock.monotonic()
    const count = { sent: 0, acked: 0 }
    try {
      await send(producer, io, parsed, { say, count })
    } finally {
      await producer.close()
      say({ timestamp: clock.now(), name: 'shutdown_complete' })
      const seconds = (clock.monotonic() - startMs) / 1000
      const average = seconds > 0 ? count.acked / seconds : 0
      const total = {
        sent: count.sent,
        acked: count.acked,
        target_throughput: Number(parsed.text('throughput')),
        avg_throughput: average,
      }
      await write(io.stdout, `${JSON.stringify({ timestamp: clock.now(), name: 'tool_data', ...total })}\n`)
    }
    return 0
  },
})

async function send(
  producer: Producer,
  io: CommandIo,
  parsed: Options,
  { say, count }: { say: (event: object) => void; count: { sent: number; acked: number } },
): Promise<void> {
  const topic = parsed.required('topic')
  const given = parsed.integer('max-messages') ?? -1
  const countMax = given < 0 ? Number.POSITIVE_INFINITY : given
  const keyCount = parsed.integer('repeating-keys')
  if (keyCount !== undefined && keyCount < 1) throw usage('--repeating-keys must be a number from 1')
  const prefix = parsed.text('value-prefix')
  const firstMs = parsed.integer('message-create-time') ?? -1
  const throttle = new Throttle(io.world.clock, parsed.integer('throughput') ?? -1)
  // Fates are told in the order of the records, as Kafka's are.
  let told: Promise<unknown> = Promise.resolve()
  for (let index = 0; index < countMax && !io.signal.aborted; index++) {
    const value = prefix === undefined ? String(index) : `${prefix}.${index}`
    const key = keyCount === undefined ? null : String(index % keyCount)
    const record: ProducerRecord = { topic, key, value, ...(firstMs < 0 ? {} : { timestamp: firstMs + index }) }
    count.sent++
    const delivery = producer.send(record).then(metadata => metadata)
    // It is awaited in its turn.
    delivery.catch(() => undefined)
    told = told
      .then(() => delivery)
      .then(
        ({ offset, partition }) => {
          count.acked++
          say({ timestamp: io.world.clock.now(), name: 'producer_send_success', key, value, offset, topic, partition })
        },
        error => {
          const failure = error instanceof Error ? error : new Error(String(error))
          const [exception] = failure instanceof ProtocolError ? javaException(failure).split(': ') : [failure.name]
          const message = bareMessage(failure)
          say({
            timestamp: io.world.clock.now(),
            name: 'producer_send_error',
            topic,
            key,
            value,
            exception: `class ${exception}`,
            message,
          })
        },
      )
    if (producer.isFull) await producer.room()
    await throttle.count()
    // Answers are to be told of while there is more to send.
    if (index % recordsPerTurn === 0) await new Promise(resolve => setImmediate(resolve))
  }
  await told
}

const recordsPerTurn = 100
