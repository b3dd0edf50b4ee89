/** `kafka-console-share-consumer`: records of a share group to standard output, as they come, each acknowledged when it is printed. */
import { DorsaleError } from '@dorsale/base'
import type { AcknowledgeType, ShareChunk, ShareConsumer } from '@dorsale/client'
import { clusterSettings, openShareConsumer } from '../cluster/settings.ts'
import { type CommandIo, onInterrupt, write } from '../command-io.ts'
import { formatterOf, formatterOptions } from './formatter-options.ts'
import { type ParsedOptions, usage } from './options.ts'
import type { RecordFormatter } from './record-formatter.ts'
import { clusterOptions, defineScript } from './script.ts'

const byDefault = 'console-share-consumer'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['consumer-config'] },
  'command-property': {
    value: 'key=value',
    repeated: true,
    aliases: ['consumer-property'],
    doc: 'A setting of the consumer, over those of the file; may be repeated.',
  },
  topic: { value: 'topic', doc: 'The topic to read.' },
  group: { value: 'group', doc: `The share group to be a member of. Default: ${byDefault}.` },
  'max-messages': { value: 'count', doc: 'End after so many records. Default: go on for ever.' },
  'timeout-ms': { value: 'ms', doc: 'End when no record has come for so long.' },
  reject: { kind: 'flag', doc: 'Reject what is printed, in place of accepting it: nobody gets it any more.' },
  release: { kind: 'flag', doc: 'Release what is printed, in place of accepting it: somebody gets it again.' },
  'reject-message-on-error': { kind: 'flag', doc: 'Reject a record that cannot be printed, and go on.' },
  ...formatterOptions,
  'enable-systest-events': { kind: 'flag', doc: 'Say so when the consumer has ended.' },
} as const

type Options = ParsedOptions<keyof typeof options>

export const consoleShareConsumer = defineScript({
  summary: 'Print records of a topic as a member of a share group.',
  options,
  async run(parsed, io) {
    const topic = parsed.text('topic')
    if (topic === undefined) throw usage('--topic is a required argument')
    if (parsed.has('reject') && parsed.has('release'))
      throw usage('At most one of --reject and --release may be specified.')
    const format = formatterOf(parsed)
    const consumer = openShareConsumer(io, consumerSettings(parsed, io))
    const callOff = onInterrupt(io.signal, () => consumer.close())
    const progress = { count: 0 }
    try {
      consumer.subscribe([topic])
      await print(consumer, format, { parsed, io, progress })
      return 0
    } catch (error) {
      // What an interrupt cuts short was asked for.
      if (io.signal.aborted && error instanceof DorsaleError) return 0
      throw error
    } finally {
      callOff()
      // Sends what was acknowledged, and gives back what was acquired and not printed.
      await consumer.close()
      io.stderr.write(`Processed a total of ${progress.count} messages\n`)
      if (parsed.has('enable-systest-events')) await write(io.stdout, 'shutdown_complete\n')
    }
  },
})

function consumerSettings(parsed: Options, io: CommandIo): Record<string, string> {
  const settings = clusterSettings(io, {
    bootstrapServer: parsed.text('bootstrap-server'),
    configFile: parsed.text('command-config'),
    properties: parsed.texts('command-property'),
  })
  const group = parsed.text('group')
  const other = settings['group.id']
  if (group !== undefined && other !== undefined && other !== group)
    throw usage(
      `The group ids provided in different places (directly using '--group', via '--command-property', or via '--command-config') do not match. Detected group ids: '${group}', '${other}'`,
    )
  return {
    'client.id': byDefault,
    ...settings,
    'group.id': group ?? other ?? byDefault,
    'share.acknowledgement.mode': 'explicit',
  }
}

interface PrintRun {
  readonly parsed: Options
  readonly io: CommandIo
  readonly progress: { count: number }
}

async function print(consumer: ShareConsumer, format: RecordFormatter, run: PrintRun): Promise<void> {
  const { parsed, io, progress } = run
  const countMax = parsed.integer('max-messages') ?? Number.POSITIVE_INFINITY
  const timeoutMs = parsed.integer('timeout-ms') ?? Number.POSITIVE_INFINITY
  while (progress.count < countMax && !io.signal.aborted) {
    let chunk: ShareChunk | undefined
    try {
      chunk = await consumer.poll({ timeoutMs: Math.min(timeoutMs, pollMs) })
    } catch (error) {
      if (!(error instanceof DorsaleError) || io.signal.aborted) throw error
      // As Kafka's tool: what could be read was printed, and the end is in order.
      io.stderr.write(`ERROR Error processing message, terminating consumer process: ${error.message}\n`)
      return
    }
    if (chunk === undefined) {
      if (timeoutMs > pollMs) continue
      io.stderr.write('ERROR Error processing message, terminating consumer process: no record came in time\n')
      return
    }
    await printChunk(consumer, chunk, { format, countMax, ...run })
  }
}

/** How long one wait is, at most: a signal ends it at once. */
const pollMs = 0x7fff_ffff

async function printChunk(
  consumer: ShareConsumer,
  chunk: ShareChunk,
  { format, countMax, parsed, io, progress }: PrintRun & { format: RecordFormatter; countMax: number },
): Promise<void> {
  const parts: Uint8Array[] = []
  const printed: { record: ShareChunk['records'][number]; as: AcknowledgeType }[] = []
  const as = parsed.has('reject') ? 'reject' : parsed.has('release') ? 'release' : 'accept'
  for (const record of chunk) {
    if (progress.count >= countMax) break
    progress.count++
    try {
      format(record, parts)
      printed.push({ record, as })
    } catch (error) {
      if (!parsed.has('reject-message-on-error')) throw error
      io.stderr.write(`ERROR Error processing message, rejecting this message: ${(error as Error).message}\n`)
      printed.push({ record, as: 'reject' })
    }
  }
  await write(io.stdout, Buffer.concat(parts))
  // What has not come out was not handled.
  for (const { record, as: outcome } of printed) consumer.acknowledge(record, outcome)
}
