/** `kafka-get-offsets`: the offsets of partitions, by place or by time. */
import { DorsaleError } from '@dorsale/base'
import { offsetPlaces, type TopicPartition } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { clusterOptions, defineScript } from './script.ts'
import { topicFilter } from './topic-filter.ts'

type Filter = (partition: TopicPartition) => boolean

export const getOffsets = defineScript({
  summary: 'Print the offsets of partitions.',
  options: {
    ...clusterOptions,
    // What it was called before Kafka 4, and is in the scripts of that time.
    'bootstrap-server': { ...clusterOptions['bootstrap-server'], aliases: ['broker-list'] },
    topic: { value: 'regex', doc: 'The topics. Default: all of them.' },
    partitions: { value: 'ids', doc: 'Partitions of the topics, separated by commas. Default: all of them.' },
    'topic-partitions': {
      value: 'patterns',
      doc: 'Topics and partitions together, in place of the two: topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3. The end of a range is not in it.',
    },
    time: {
      value: 'time',
      default: 'latest',
      doc: 'Milliseconds since 1970, for the first record that is not older; or latest (-1), earliest (-2), max-timestamp (-3), earliest-local (-4), latest-tiered (-5), earliest-pending-upload (-6).',
    },
    'exclude-internal-topics': { kind: 'flag', doc: "Leave out Kafka's own topics." },
  },
  async run(options, io) {
    if (options.has('topic-partitions') && (options.has('topic') || options.has('partitions')))
      return fail(io.stderr, '--topic-partitions cannot be used with --topic or --partitions')
    let filter: Filter
    let timestamp: number
    try {
      filter = parseFilter(options.text('topic-partitions'), options.text('topic'), options.text('partitions'))
      timestamp = parseTime(options.required('time'))
    } catch (error) {
      if (error instanceof DorsaleError) return fail(io.stderr, error.message)
      throw error
    }
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
    })
    return withAdmin(io, { 'client.id': 'GetOffsetShell', ...settings }, async admin => {
      const listings = await admin.listTopics({ listInternal: !options.has('exclude-internal-topics') })
      const topics = await admin.describeTopics(listings.map(({ name }) => name))
      const partitions = topics
        .flatMap(({ name, partitions: all }) => all.map(({ index }) => ({ topic: name, partition: index })))
        .filter(filter)
      if (partitions.length === 0)
        return fail(io.stderr, 'Could not match any topic-partitions with the specified filters')
      const found = await admin.listOffsets(partitions.map(each => ({ ...each, timestamp })))
      const lines = found
        .filter(({ offset }) => offset >= 0)
        .map(({ topic, partition, offset }) => ({
          name: `${topic}-${partition}`,
          line: `${topic}:${partition}:${offset}\n`,
        }))
        .sort((one, other) => (one.name < other.name ? -1 : 1))
      await write(io.stdout, lines.map(({ line }) => line).join(''))
      return 0
    })
  },
})

function fail(stderr: NodeJS.WritableStream, sentence: string): number {
  stderr.write(`Error occurred: ${sentence}\n`)
  return 1
}

const places: Readonly<Record<string, number>> = {
  latest: offsetPlaces.latest,
  earliest: offsetPlaces.earliest,
  'max-timestamp': offsetPlaces.maxTimestamp,
  'earliest-local': -4,
  'latest-tiered': -5,
  'earliest-pending-upload': -6,
}

function parseTime(text: string): number {
  const place = places[text]
  if (place !== undefined) return place
  if (!/^-?\d+$/.test(text)) {
    const known = Object.entries(places).map(([name, value]) => `${value} or ${name}`)
    throw new DorsaleError(
      'DORSALE_USAGE',
      `Malformed time argument ${text}. Please use ${known.join(' / ')}, or a specified long format timestamp`,
    )
  }
  return Number(text)
}

function parseFilter(patterns: string | undefined, topic = '.*', partitions = ''): Filter {
  if (patterns !== undefined) {
    const rules = patterns.split(',').map(parseRule)
    return partition => rules.some(rule => rule(partition))
  }
  const isTopic = topicFilter(topic)
  if (partitions !== '' && !/^\d+(,\d+)*$/.test(partitions))
    throw new DorsaleError(
      'DORSALE_USAGE',
      `--partitions expects a comma separated list of numeric partition ids, but received: ${partitions}`,
    )
  const wanted = new Set(partitions === '' ? [] : partitions.split(',').map(Number))
  return ({ topic: name, partition }) => isTopic(name) && (wanted.size === 0 || wanted.has(partition))
}

/** `topic`, `topic:1`, `topic:0-3`, `topic:5-`, `topic:-3`; without a topic, every topic. */
function parseRule(text: string): Filter {
  const match = /^([^:,]*)(?::(?:(\d*)|(\d*)-(\d*)))?$/.exec(text)
  if (match === null) throw new DorsaleError('DORSALE_USAGE', `Invalid rule specification: ${text}`)
  const [, name = '', only = '', from = '', to = ''] = match
  const isTopic = topicFilter(name === '' ? '.*' : name)
  const lower = Number(only || from || 0)
  const upper = only === '' ? Number(to || Number.POSITIVE_INFINITY) : lower + 1
  return ({ topic, partition }) => isTopic(topic) && partition >= lower && partition < upper
}
