/** What the tools for consumer groups and for streams groups have in common where offsets are reset: where to, and what is printed of it. */
import { readFileSync } from 'node:fs'
import { DorsaleError } from '@dorsale/base'
import { type CommandIo, write } from '../command-io.ts'
import { printNewOffsets } from '../groups/new-offsets.ts'
import type { PlannedOffset, ResetTo, Warn } from '../groups/reset-plan.ts'
import { parseDateMs, parseDurationMs } from '../moment.ts'
import { type ParsedOptions, usage } from './options.ts'

export const resetOptions = {
  'to-earliest': { kind: 'flag', doc: 'To the first record.' },
  'to-latest': { kind: 'flag', doc: 'To the end.' },
  'to-current': { kind: 'flag', doc: 'To where the group is.' },
  'to-offset': { value: 'offset', doc: 'To an offset.' },
  'to-datetime': {
    value: 'time',
    doc: 'To the first record that is not older: 2026-01-02T03:04:05.678, in UTC unless it names another zone.',
  },
  'by-duration': { value: 'duration', doc: 'To the first record that is younger than this: PnDTnHnMnS.' },
  'shift-by': { value: 'count', doc: 'So many records further; back, when negative.' },
  'from-file': {
    value: 'file',
    doc: 'To what a file says: group,topic,partition,offset a line, as --export writes it.',
  },
  'dry-run': { kind: 'flag', doc: 'Only print the new offsets.' },
  execute: { kind: 'flag', doc: 'Store the new offsets.' },
  export: { kind: 'flag', doc: 'Print the new offsets for --from-file.' },
} as const

const places = [
  'to-earliest',
  'to-latest',
  'to-current',
  'to-offset',
  'to-datetime',
  'by-duration',
  'shift-by',
  'from-file',
] as const

type Given = ParsedOptions<keyof typeof resetOptions>

/** What a group is given. */
export interface GroupPlan {
  readonly group: string
  readonly offset: PlannedOffset
}

/** Throws unless there is one place to go to, and at most one of --execute and --dry-run. */
export function checkReset(parsed: Given): void {
  if (parsed.has('dry-run') && parsed.has('execute'))
    throw usage('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
  const given = places.filter(name => parsed.has(name))
  if (given.length !== 1)
    throw usage(
      `Option [reset-offsets] takes exactly one of these options: ${places.map(name => `[${name}]`).join(', ')}`,
    )
}

/** Where the group shall go. */
export function resetTo(parsed: Given, group: string, io: CommandIo): ResetTo {
  if (parsed.has('to-earliest')) return { kind: 'earliest' }
  if (parsed.has('to-latest')) return { kind: 'latest' }
  if (parsed.has('to-current')) return { kind: 'current' }
  const by = parsed.integer('shift-by')
  if (by !== undefined) return { kind: 'shift', by }
  const offset = parsed.integer('to-offset')
  if (offset !== undefined) return { kind: 'offset', offset }
  const file = parsed.text('from-file')
  if (file !== undefined) return { kind: 'plan', offsets: readPlan(file, group) }
  const duration = parsed.text('by-duration')
  if (duration !== undefined) return { kind: 'time', timestamp: io.world.clock.now() - parseDurationMs(duration) }
  const text = parsed.required('to-datetime')
  const timestamp = parseDateMs(text)
  if (timestamp === undefined) throw usage(`Invalid datetime '${text}': write 2026-01-02T03:04:05.678`)
  return { kind: 'time', timestamp }
}

/** Tells of what was not to be had where Kafka's tools do. */
export function warnTo(io: CommandIo): Warn {
  return (sentence, about) => {
    if (about === 'time') io.stdout.write(`\nWarn: ${sentence}\n`)
    else io.stderr.write(`WARN ${sentence}\n`)
  }
}

/** The new offsets as a table, or as --from-file reads them. */
export async function printPlans(
  io: CommandIo,
  plans: readonly GroupPlan[],
  { isExport, hasGroups }: { isExport: boolean; hasGroups: boolean },
): Promise<void> {
  if (!isExport) return printNewOffsets(io, plans)
  const lines = plans.map(({ group, offset }) => {
    const { topic, partition } = offset
    return `${hasGroups ? `${group},` : ''}${topic},${partition},${offset.offset}\n`
  })
  await write(io.stdout, `${lines.join('')}\n`)
}

/** `topic,partition,offset` a line, or `group,topic,partition,offset`. */
function readPlan(file: string, group: string): PlannedOffset[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new DorsaleError('DORSALE_USAGE', `cannot read ${file}: ${code}`, { cause: error })
  }
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const cells = line.trim().split(',')
    const [topic, partition, offset] = cells.length === 4 ? cells.slice(1) : cells
    if (topic === undefined || !/^\d+$/.test(partition ?? '') || !/^\d+$/.test(offset ?? ''))
      throw usage(`${file}, line ${index + 1}: "${line}" is no topic,partition,offset`)
    return cells.length === 4 && cells[0] !== group
      ? []
      : [{ topic, partition: Number(partition), offset: Number(offset) }]
  })
}
