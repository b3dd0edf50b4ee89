/** `dorsale produce`: records from lines, from keys and values, or from JSON. */
import { createReadStream, statSync } from 'node:fs'
import { DorsaleError } from '@dorsale/base'
import { Option } from 'commander'
import { openProducer, parsePairs } from '../cluster/settings.ts'
import { type CommandIo, onInterrupt } from '../command-io.ts'
import { parseMoment } from '../moment.ts'
import { parseIndex } from '../option-parsers.ts'
import { showProgress } from '../output/progress.ts'
import type { Define } from '../program.ts'
import { addClusterOptions, type ClusterOptions, collect, settingsOf } from './cluster-options.ts'
import { type InputForm, inputForms, readRecords } from './records-in.ts'

interface ProduceOptions extends ClusterOptions {
  readonly format: InputForm
  readonly keySeparator: string
  readonly key?: string
  readonly header?: readonly string[]
  readonly partition?: number
  readonly timestamp?: string
  readonly acks?: string
  readonly compression?: string
}

export const defineProduce: Define = (command, { io }) => {
  addClusterOptions(command)
    .argument('<topic>', 'where to')
    .argument('[files...]', 'what is read (default: standard input)')
    .addOption(
      new Option(
        '-f, --format <form>',
        'what a line is: a value, a key and a value, or JSON as `dorsale consume` writes it',
      )
        .choices([...inputForms])
        .default('lines'),
    )
    .option('--key-separator <text>', 'what stands between key and value', '\t')
    .option('-k, --key <text>', 'the key of records that have none of their own')
    .option('-H, --header <name=value>', 'a header of every record; may be repeated', collect)
    .option(
      '-p, --partition <partition>',
      'where records go that name no partition (default: by their key)',
      parseIndex,
    )
    .option('-t, --timestamp <time>', 'of records that have none: milliseconds since 1970 or a date (default: now)')
    .addOption(new Option('--acks <acks>', 'who must have a record (default: all)').choices(['all', '1', '0']))
    .addOption(
      new Option('-z, --compression <codec>', 'how batches are compressed (default: none)').choices([
        'none',
        'gzip',
        'snappy',
        'lz4',
        'zstd',
      ]),
    )
    .action(async (topic: string, files: string[], options: ProduceOptions) => {
      const count = await produce(io, topic, files, options)
      io.stderr.write(`${count} records written\n`)
    })
}

async function produce(
  io: CommandIo,
  topic: string,
  files: readonly string[],
  options: ProduceOptions,
): Promise<number> {
  const { acks, compression, key, partition, timestamp } = options
  const producer = openProducer(io, {
    ...settingsOf(io, options),
    ...(acks === undefined ? {} : { acks }),
    ...(compression === undefined ? {} : { 'compression.type': compression }),
  })
  const progress = showProgress(io, 'read', files.length === 0 ? undefined : sizeOf(files))
  const input = {
    topic,
    form: options.format,
    keySeparator: options.keySeparator,
    headers: Object.entries(parsePairs(options.header ?? [])).map(([name, value]) => ({ key: name, value })),
    ...(key === undefined ? {} : { key }),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp: parseMoment(timestamp, io.world.clock.now()) }),
  }
  const sources = async function* () {
    const streams = files.length === 0 ? [io.stdin] : files.map(file => createReadStream(file))
    for (const stream of streams) {
      for await (const record of readRecords(stream, input, bytes => progress.add(1, bytes))) {
        // What was begun is delivered; the rest is not read.
        if (io.signal.aborted) return
        yield record
      }
    }
  }
  const callOff = onInterrupt(io.signal, () => io.stdin.destroy())
  try {
    return await producer.sendAll(sources())
  } finally {
    callOff()
    progress.end()
    await producer.close()
  }
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => {
    try {
      return sum + statSync(file).size
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      throw new DorsaleError('DORSALE_INPUT', `cannot read ${file}: ${code}`, { cause: error })
    }
  }, 0)
}
