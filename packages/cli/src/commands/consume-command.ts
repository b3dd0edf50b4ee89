/** `dorsale consume`: records of a topic, from where you say to where you say. */
import { DorsaleError } from '@dorsale/base'
import type { Consumer, TopicPartition } from '@dorsale/client'
import { Option } from 'commander'
import { openConsumer } from '../cluster/settings.ts'
import { type CommandIo, onInterrupt, write } from '../command-io.ts'
import { parseMoment } from '../moment.ts'
import { parseCount } from '../option-parsers.ts'
import { showProgress } from '../output/progress.ts'
import type { Define } from '../program.ts'
import { addClusterOptions, type ClusterOptions, settingsOf } from './cluster-options.ts'
import { type OutputForm, outputForms, recordFormat } from './records-out.ts'

interface ConsumeOptions extends ClusterOptions {
  readonly format: OutputForm
  readonly keySeparator: string
  readonly partitions?: readonly number[]
  readonly from: string
  readonly to?: string
  readonly count?: number
  readonly isolation: string
}

export const defineConsume: Define = (command, { io }) => {
  addClusterOptions(command)
    .argument('<topic>', 'what is read')
    .addOption(
      new Option(
        '-f, --format <form>',
        'how a record is written: its value, key and value, JSON, or everything on a line',
      )
        .choices([...outputForms])
        .default('lines'),
    )
    .option('--key-separator <text>', 'what stands between key and value', '\t')
    .option('-p, --partitions <ids>', 'partitions, separated by commas (default: all)', parsePartitions)
    .option('--from <place>', 'earliest, latest, an offset (@120), or a time (2026-01-02T03:04:05, -30m)', 'latest')
    .option(
      '--to <place>',
      'where to end: latest (what is there now), an offset (@200, not printed), or a time (default: never)',
    )
    .option('-n, --count <count>', 'end after so many records', parseCount)
    .addOption(
      new Option('--isolation <level>', 'whether records of open and aborted transactions are printed')
        .choices(['read_uncommitted', 'read_committed'])
        .default('read_uncommitted'),
    )
    .action((topic: string, options: ConsumeOptions) => consume(io, topic, options))
}

async function consume(io: CommandIo, topic: string, options: ConsumeOptions): Promise<void> {
  const consumer = openConsumer(io, { ...settingsOf(io, options), 'isolation.level': options.isolation })
  const callOff = onInterrupt(io.signal, () => consumer.close())
  try {
    const all = await consumer.partitionsFor(topic)
    const { partitions: wanted } = options
    const missing = wanted?.find(partition => !all.some(each => each.partition === partition))
    if (missing !== undefined)
      throw new DorsaleError('DORSALE_USAGE', `${topic} has no partition ${missing}: it has ${all.length}`)
    const partitions = all.filter(({ partition }) => wanted === undefined || wanted.includes(partition))
    const begins = await offsetsOf(consumer, partitions, options.from, io)
    const ends = options.to === undefined ? undefined : await offsetsOf(consumer, partitions, options.to, io)
    await print(io, consumer, { begins, ends, options })
  } catch (error) {
    // What an interrupt cuts short was asked for.
    if (!(io.signal.aborted && error instanceof DorsaleError)) throw error
  } finally {
    callOff()
    await consumer.close()
  }
}

type Place = TopicPartition & { readonly offset: number }

/** The offset of a place in each partition: of the first record there, or after it. */
async function offsetsOf(
  consumer: Consumer,
  partitions: readonly TopicPartition[],
  place: string,
  io: CommandIo,
): Promise<Place[]> {
  if (/^@\d+$/.test(place)) return partitions.map(each => ({ ...each, offset: Number(place.slice(1)) }))
  const latest = () => consumer.endOffsets(partitions)
  if (place === 'latest') return latest()
  if (place === 'earliest') return consumer.beginningOffsets(partitions)
  const timestamp = parseMoment(place, io.world.clock.now())
  const found = await consumer.offsetsForTimes(partitions.map(each => ({ ...each, timestamp })))
  // No record is that young: the end.
  const ends = found.some(({ offset }) => offset < 0) ? await latest() : []
  return found.map((each, index) => (each.offset < 0 ? (ends[index] ?? each) : each))
}

async function print(
  io: CommandIo,
  consumer: Consumer,
  plan: { begins: readonly Place[]; ends: readonly Place[] | undefined; options: ConsumeOptions },
): Promise<void> {
  const { begins, ends, options } = plan
  const countMax = options.count ?? Number.POSITIVE_INFINITY
  const format = recordFormat(options.format, { keySeparator: options.keySeparator })
  const endOf = new Map(ends?.map(({ partition, offset }) => [partition, offset]))
  const open = new Set(
    begins
      .filter(({ partition, offset }) => offset < (endOf.get(partition) ?? Number.POSITIVE_INFINITY))
      .map(each => each.partition),
  )
  consumer.assign(begins.filter(({ partition }) => open.has(partition)))
  const progress = showProgress(io, 'read')
  let count = 0
  try {
    if (open.size === 0) return
    for await (const chunk of consumer.chunks()) {
      const end = endOf.get(chunk.partition) ?? Number.POSITIVE_INFINITY
      const parts: Uint8Array[] = []
      const before = count
      for (const record of chunk) {
        if (count >= countMax || record.offset >= end) break
        count++
        format(record, parts)
      }
      progress.add(count - before, chunk.sizeInBytes)
      await write(io.stdout, Buffer.concat(parts))
      if (chunk.nextOffset >= end) {
        open.delete(chunk.partition)
        consumer.pause([chunk])
      }
      if (count >= countMax || open.size === 0) return
    }
  } finally {
    progress.end()
  }
}

function parsePartitions(text: string): number[] {
  if (!/^\d+(,\d+)*$/.test(text))
    throw new DorsaleError('DORSALE_USAGE', `"${text}" is no list of partitions: write 0,1,2`)
  return text.split(',').map(Number)
}
