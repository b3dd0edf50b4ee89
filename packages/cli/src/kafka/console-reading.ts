/** What the console consumers do alike: read until there is enough, nothing more comes, or a signal, and say how much it was. */
import { DorsaleError } from '@dorsale/base'
import { type CommandIo, onInterrupt, write } from '../command-io.ts'
import { type OptionTable, type ParsedOptions, usage } from './options.ts'

export const readingOptions = {
  'command-property': {
    value: 'key=value',
    repeated: true,
    aliases: ['consumer-property'],
    doc: 'A setting of the consumer, over those of the file; may be repeated.',
  },
  'max-messages': { value: 'count', doc: 'End after so many records. Default: go on for ever.' },
  'timeout-ms': { value: 'ms', doc: 'End when no record has come for so long.' },
  'enable-systest-events': { kind: 'flag', doc: 'Say so when the consumer has ended.' },
} as const satisfies OptionTable

export interface Reading {
  readonly parsed: ParsedOptions<keyof typeof readingOptions>
  readonly io: CommandIo
  readonly countMax: number
  /** Records that were printed. */
  count: number
}

/** Throws when the group that `--group` names is not the one of the settings. */
export function throwIfOtherGroup(group: string | undefined, other: string | undefined): void {
  if (group === undefined || other === undefined || other === group) return
  throw usage(
    `The group ids provided in different places (directly using '--group', via '--command-property', or via '--command-config') do not match. Detected group ids: '${group}', '${other}'`,
  )
}

/** Runs `read` with a consumer, which is closed however that ends. What an interrupt cuts short was asked for. */
export async function readToEnd<Parsed extends Reading['parsed']>(
  consumer: { close(): Promise<void> },
  { parsed, io }: { parsed: Parsed; io: CommandIo },
  read: (reading: Reading & { readonly parsed: Parsed }) => Promise<void>,
): Promise<number> {
  const callOff = onInterrupt(io.signal, () => consumer.close())
  const countMax = parsed.integer('max-messages') ?? Number.POSITIVE_INFINITY
  const reading = { parsed, io, countMax, count: 0 }
  try {
    await read(reading)
  } catch (error) {
    if (!io.signal.aborted || !(error instanceof DorsaleError)) throw error
  } finally {
    callOff()
    await consumer.close()
    io.stderr.write(`Processed a total of ${reading.count} messages\n`)
    if (parsed.has('enable-systest-events')) await write(io.stdout, 'shutdown_complete\n')
  }
  return 0
}

/** How long one wait is, at most: a signal ends it at once. */
const pollMs = 0x7fff_ffff

/** What is read, until enough has been printed or nothing more comes. As in Kafka's tools, an error of the consumer is told, and the end is in order. */
export async function* chunksOf<Chunk>(
  consumer: { poll(options: { timeoutMs: number }): Promise<Chunk | undefined> },
  reading: Reading,
): AsyncGenerator<Chunk> {
  const { parsed, io, countMax } = reading
  const timeoutMs = parsed.integer('timeout-ms') ?? Number.POSITIVE_INFINITY
  while (reading.count < countMax && !io.signal.aborted) {
    let chunk: Chunk | undefined
    try {
      chunk = await consumer.poll({ timeoutMs: Math.min(timeoutMs, pollMs) })
    } catch (error) {
      if (!(error instanceof DorsaleError) || io.signal.aborted) throw error
      tellEnd(io, error.message)
      return
    }
    if (chunk !== undefined) yield chunk
    else if (timeoutMs <= pollMs) {
      tellEnd(io, 'no record came in time')
      return
    }
  }
}

function tellEnd(io: CommandIo, reason: string): void {
  io.stderr.write(`ERROR Error processing message, terminating consumer process: ${reason}\n`)
}
