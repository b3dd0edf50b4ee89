/** `kafka-console-share-consumer`: records of a share group to standard output, as they come, each acknowledged when it is printed. */
import type { AcknowledgeType, ShareChunk, ShareConsumer } from '@dorsale/client'
import { clusterSettings, openShareConsumer } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { chunksOf, type Reading, readingOptions, readToEnd, throwIfOtherGroup } from './console-reading.ts'
import { formatterOf, formatterOptions } from './formatter-options.ts'
import { type ParsedOptions, usage } from './options.ts'
import type { RecordFormatter } from './record-formatter.ts'
import { clusterOptions, defineScript } from './script.ts'

const byDefault = 'console-share-consumer'

const options = {
  ...clusterOptions,
  'command-config': { ...clusterOptions['command-config'], aliases: ['consumer-config'] },
  topic: { value: 'topic', doc: 'The topic to read.' },
  group: { value: 'group', doc: `The share group to be a member of. Default: ${byDefault}.` },
  ...readingOptions,
  reject: { kind: 'flag', doc: 'Reject what is printed, in place of accepting it: nobody gets it any more.' },
  release: { kind: 'flag', doc: 'Release what is printed, in place of accepting it: somebody gets it again.' },
  'reject-message-on-error': { kind: 'flag', doc: 'Reject a record that cannot be printed, and go on.' },
  ...formatterOptions,
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
    // Closing sends what was acknowledged, and gives back what was acquired and not printed.
    return readToEnd(consumer, { parsed, io }, async reading => {
      consumer.subscribe([topic])
      for await (const chunk of chunksOf(consumer, reading)) await printChunk(consumer, chunk, { format, reading })
    })
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
  throwIfOtherGroup(group, other)
  return {
    'client.id': byDefault,
    ...settings,
    'group.id': group ?? other ?? byDefault,
    'share.acknowledgement.mode': 'explicit',
  }
}

async function printChunk(
  consumer: ShareConsumer,
  chunk: ShareChunk,
  { format, reading }: { format: RecordFormatter; reading: Reading & { readonly parsed: Options } },
): Promise<void> {
  const { parsed, io, countMax } = reading
  const parts: Uint8Array[] = []
  const printed: { record: ShareChunk['records'][number]; as: AcknowledgeType }[] = []
  const as = parsed.has('reject') ? 'reject' : parsed.has('release') ? 'release' : 'accept'
  for (const record of chunk) {
    if (reading.count >= countMax) break
    reading.count++
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
