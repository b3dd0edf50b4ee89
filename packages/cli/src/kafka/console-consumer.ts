/** `kafka-console-consumer`: records to standard output, as they come. */
import { randomBelow } from '@dorsale/base'
import type { Consumer, RecordChunk } from '@dorsale/client'
import { clusterSettings, openConsumer } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { chunksOf, type Reading, readingOptions, readToEnd, throwIfOtherGroup } from './console-reading.ts'
import { formatterOf, formatterOptions } from './formatter-options.ts'
import { type ParsedOptions, usage } from './options.ts'
import type { RecordFormatter } from './record-formatter.ts'
import { clusterOptions, defineScript } from './script.ts'
import { topicPattern } from './topic-filter.ts'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['consumer.config'] },
  topic: { value: 'topic', doc: 'The topic to read.' },
  include: { value: 'regex', doc: 'The topics to read, in place of --topic.' },
  partition: { value: 'partition', doc: 'The only partition to read. Not with --group.' },
  offset: {
    value: 'offset',
    doc: 'Where to begin in --partition: an offset, earliest or latest. Default: latest.',
  },
  group: {
    value: 'group',
    doc: 'Read as a member of this group, from where it has come to. Default: a group of its own, console-consumer- and a number, that commits nothing.',
  },
  'from-beginning': { kind: 'flag', doc: 'Begin with the earliest record where nothing says otherwise.' },
  ...readingOptions,
  'isolation-level': {
    value: 'level',
    default: 'read_uncommitted',
    doc: 'read_committed leaves out what belongs to open and aborted transactions.',
  },
  ...formatterOptions,
  'skip-message-on-error': { kind: 'flag', doc: 'Go on after a record that cannot be printed.' },
} as const

type Options = ParsedOptions<keyof typeof options>
type ConsoleReading = Reading & { readonly parsed: Options }

export const consoleConsumer = defineScript({
  summary: 'Print records of topics.',
  options,
  async run(parsed, io) {
    check(parsed)
    const format = formatterOf(parsed)
    const settings = consumerSettings(parsed, io)
    const consumer = openConsumer(io, settings)
    return readToEnd(consumer, { parsed, io }, reading => {
      begin(consumer, parsed)
      const commits = settings['group.id'] !== undefined && settings['enable.auto.commit'] !== 'false'
      return print(consumer, format, { reading, commits })
    })
  },
})

function check(parsed: Options): void {
  if (parsed.has('topic') === parsed.has('include')) throw usage('Exactly one of --include/--topic is required.')
  if (parsed.has('partition') && !parsed.has('topic')) throw usage('The topic is required when partition is specified.')
  if (parsed.has('offset') && !parsed.has('partition'))
    throw usage('The partition is required when offset is specified.')
  if (parsed.has('offset') && parsed.has('from-beginning'))
    throw usage('Options from-beginning and offset cannot be specified together.')
  if (parsed.has('group') && parsed.has('partition'))
    throw usage('Options group and partition cannot be specified together.')
  parseOffset(parsed.text('offset'))
}

function parseOffset(text: string | undefined): 'earliest' | 'latest' | number | undefined {
  if (text === undefined) return undefined
  const place = text.toLowerCase()
  if (place === 'earliest' || place === 'latest') return place
  if (!/^\d+$/.test(text))
    throw usage(
      `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
    )
  return Number(text)
}

function consumerSettings(parsed: Options, io: CommandIo): Record<string, string> {
  const settings: Record<string, string> = {
    'client.id': 'console-consumer',
    ...clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
      properties: parsed.texts('command-property'),
    }),
    'isolation.level': parsed.required('isolation-level'),
  }
  if (parsed.has('from-beginning')) {
    const reset = settings['auto.offset.reset']
    if (reset !== undefined && reset !== 'earliest')
      throw usage(
        `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`,
      )
    settings['auto.offset.reset'] = 'earliest'
  }
  const group = parsed.text('group')
  if (group !== undefined) {
    throwIfOtherGroup(group, settings['group.id'])
    settings['group.id'] = group
  }
  if (settings['group.id'] === undefined && !parsed.has('partition')) {
    settings['group.id'] = `console-consumer-${randomBelow(io.world.prng, ownGroupsMax)}`
    // Nobody comes back to it.
    settings['enable.auto.commit'] ??= 'false'
  }
  return settings
}

/** How many groups of its own there may be, as in Kafka's tool. */
const ownGroupsMax = 100_000

/** A partition is taken by hand; topics are shared in a group. */
function begin(consumer: Consumer, parsed: Options): void {
  const topic = parsed.text('topic')
  const partition = parsed.integer('partition')
  if (topic === undefined || partition === undefined) {
    consumer.subscribe(topic === undefined ? topicPattern(parsed.required('include')) : [topic])
    return
  }
  const place = parseOffset(parsed.text('offset')) ?? (parsed.has('from-beginning') ? 'earliest' : 'latest')
  consumer.assign([{ topic, partition, ...(typeof place === 'number' ? { offset: place } : {}) }])
  if (place === 'earliest') consumer.seekToBeginning()
  if (place === 'latest') consumer.seekToEnd()
}

async function print(
  consumer: Consumer,
  format: RecordFormatter,
  { reading, commits }: { reading: ConsoleReading; commits: boolean },
): Promise<void> {
  for await (const chunk of chunksOf(consumer, reading)) {
    const unprinted = await printChunk(chunk, format, reading)
    if (unprinted !== undefined && commits) await leaveOff(consumer, chunk, unprinted)
  }
}

/** Where the group goes on: at the first record that was not printed, and not behind all that was fetched. */
async function leaveOff(consumer: Consumer, { topic, partition }: RecordChunk, offset: number): Promise<void> {
  consumer.seek({ topic, partition, offset })
  await consumer.commit([{ topic, partition, offset }])
}

/** Answers the offset of the first record that was not printed; undefined: all were. */
async function printChunk(
  chunk: RecordChunk,
  format: RecordFormatter,
  reading: ConsoleReading,
): Promise<number | undefined> {
  const { parsed, io, countMax } = reading
  const parts: Uint8Array[] = []
  let unprinted: number | undefined
  for (const record of chunk) {
    if (reading.count >= countMax) {
      unprinted = record.offset
      break
    }
    reading.count++
    try {
      format(record, parts)
    } catch (error) {
      if (!parsed.has('skip-message-on-error')) throw error
      io.stderr.write(`ERROR Error processing message, skipping this message: ${(error as Error).message}\n`)
    }
  }
  await write(io.stdout, Buffer.concat(parts))
  return unprinted
}
