/** `kafka-verifiable-consumer`: what a member of a group reads and commits, event by event, in JSON. Kafka's system tests are built on it. */
import type { Consumer, RecordChunk, TopicPartition } from '@dorsale/client'
import { clusterSettings, openConsumer } from '../cluster/settings.ts'
import { type CommandIo, onInterrupt } from '../command-io.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['consumer.config'] },
  topic: { value: 'topic', doc: 'The topic to read. Required.' },
  'group-id': { value: 'group', doc: 'The group. Required.' },
  'group-protocol': { value: 'protocol', default: 'classic', doc: 'group.protocol.' },
  'group-remote-assignor': { value: 'name', doc: 'group.remote.assignor.' },
  'group-instance-id': { value: 'id', doc: 'group.instance.id: a static member.' },
  'max-messages': { value: 'count', default: '-1', doc: 'How many records; -1: until it is interrupted.' },
  'session-timeout': { value: 'ms', doc: 'session.timeout.ms.' },
  verbose: { kind: 'flag', doc: 'Say each record.' },
  'enable-autocommit': { kind: 'flag', doc: 'Commit at intervals, and not after each batch.' },
  'reset-policy': { value: 'policy', default: 'earliest', doc: 'auto.offset.reset: earliest, latest or none.' },
  'assignment-strategy': {
    value: 'class',
    default: 'org.apache.kafka.clients.consumer.RangeAssignor',
    doc: 'partition.assignment.strategy.',
  },
} as const

type Options = ParsedOptions<keyof typeof options>
type Say = (name: string, event?: object) => void

export const verifiableConsumer = defineScript({
  summary: 'Read as a member of a group, and say what happens, in JSON.',
  options,
  prefixes: true,
  async run(parsed, io) {
    const topic = parsed.required('topic')
    const isAutomatic = parsed.has('enable-autocommit')
    const say: Say = (name, event = {}) => {
      io.stdout.write(`${JSON.stringify({ timestamp: io.world.clock.now(), name, ...event })}\n`)
    }
    const consumer = openConsumer(io, settingsOf(parsed, io))
    const callOff = onInterrupt(io.signal, () => consumer.stop())
    say('startup_complete')
    try {
      consumer.subscribe([topic], {
        assigned: partitions => say('partitions_assigned', { partitions: partitions.map(placeOf) }),
        revoked: partitions => say('partitions_revoked', { partitions: partitions.map(placeOf) }),
      })
      await read(consumer, { parsed, io, say, isAutomatic })
    } finally {
      callOff()
      await consumer.close()
      say('shutdown_complete')
    }
    return 0
  },
})

function settingsOf(parsed: Options, io: CommandIo): Record<string, string> {
  const protocol = parsed.required('group-protocol').toLowerCase()
  if (protocol !== 'classic' && protocol !== 'consumer') throw usage('--group-protocol must be classic or consumer')
  const optional: [key: string, option: keyof typeof options][] = [
    ['group.instance.id', 'group-instance-id'],
    ['session.timeout.ms', 'session-timeout'],
    ...(protocol === 'consumer'
      ? [['group.remote.assignor', 'group-remote-assignor'] as [string, keyof typeof options]]
      : []),
  ]
  const given = optional.flatMap(([key, option]) => {
    const text = parsed.text(option)
    return text === undefined ? [] : [[key, text] as const]
  })
  return {
    ...clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
    }),
    'group.id': parsed.required('group-id'),
    'group.protocol': protocol,
    'enable.auto.commit': String(parsed.has('enable-autocommit')),
    'auto.offset.reset': parsed.required('reset-policy'),
    ...(protocol === 'classic' ? { 'partition.assignment.strategy': parsed.required('assignment-strategy') } : {}),
    ...Object.fromEntries(given),
  }
}

async function read(
  consumer: Consumer,
  { parsed, io, say, isAutomatic }: { parsed: Options; io: CommandIo; say: Say; isAutomatic: boolean },
): Promise<void> {
  const given = parsed.integer('max-messages') ?? -1
  const countMax = given < 0 ? Number.POSITIVE_INFINITY : given
  let count = 0
  for await (const chunk of consumer.chunks()) {
    const taken = take(chunk, countMax - count, parsed.has('verbose') ? say : undefined)
    count += taken.count
    if (taken.count > 0) {
      const { count: records, minOffset, maxOffset } = taken
      say('records_consumed', {
        count: records,
        partitions: [{ ...placeOf(chunk), count: records, minOffset, maxOffset }],
      })
    }
    const offset = taken.isWhole ? chunk.nextOffset : taken.maxOffset + 1
    const isLast = count >= countMax || io.signal.aborted
    // A loop that is left has not handled what it holds, unless it says so: the group goes on behind the last record that was told of.
    if (isLast) consumer.seek({ ...placeOf(chunk), offset })
    if (!isAutomatic) await commit(consumer, { ...placeOf(chunk), offset }, say)
    else if (isLast) await consumer.commit([{ ...placeOf(chunk), offset }])
    if (isLast) return
  }
}

function take(chunk: RecordChunk, countMax: number, say: Say | undefined) {
  const taken = { count: 0, minOffset: -1, maxOffset: -1, isWhole: true }
  for (const { key, value, topic, partition, offset } of chunk) {
    if (taken.count >= countMax) {
      taken.isWhole = false
      break
    }
    if (taken.count++ === 0) taken.minOffset = offset
    taken.maxOffset = offset
    say?.('record_data', { key: textOf(key), value: textOf(value), topic, partition, offset })
  }
  return taken
}

async function commit(consumer: Consumer, place: TopicPartition & { offset: number }, say: Say): Promise<void> {
  let failure: Error | undefined
  try {
    await consumer.commit([place])
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
  }
  const error = failure === undefined ? {} : { error: failure.message }
  say('offsets_committed', { offsets: [place], success: failure === undefined, ...error })
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString()
}
