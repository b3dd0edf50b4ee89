/**
 * A cleanly stopped log directory under the eyes of `kafka-dump-log`: every file must be one that Kafka knows, and the tool must read it
 * with the right decoder and find nothing amiss.
 */
import { readdirSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { javaArgs } from './clients.ts'
import type { Processes } from './processes.ts'

/**
 * What the tool prints when something is wrong. Gaps are known by their pairs (`12 is followed by 20`) and not by the headline above them
 * (`Non-consecutive offsets in`): walking deep, the tool reports that -1 is followed by the first offset of every segment but the first.
 */
const complaints =
  /mismatch|^\s*\d+ is followed by|isvalid: false|ignoring unknown file|exception|not found in the log|corrupt|could not|error/i

const dumped = /\.(log|index|timeindex|txnindex|snapshot|checkpoint)$/

/** Files that Kafka knows by name and that the tool does not read: lines of text, or nothing at all. */
const plain = new Set([
  '.kafka_cleanshutdown',
  '.lock',
  'cleaner-offset-checkpoint',
  'leader-epoch-checkpoint',
  'log-start-offset-checkpoint',
  'meta.properties',
  'partition.metadata',
  'quorum-state',
  'recovery-point-offset-checkpoint',
  'replication-offset-checkpoint',
])

const decoders: Readonly<Record<string, string>> = {
  __cluster_metadata: '--cluster-metadata-decoder',
  __consumer_offsets: '--offsets-decoder',
  __transaction_state: '--transaction-log-decoder',
  __share_group_state: '--share-group-state-decoder',
}

export interface DumpPlan {
  /** Paths by the decoder that reads them: an option of the tool, or `''` for data that it only walks. */
  byDecoder: Map<string, string[]>
  /** Paths of files that Kafka has no name for. */
  unknown: string[]
}

/** Sorts the files of a log directory by what reads them. */
export function planDump(paths: readonly string[]): DumpPlan {
  const plan: DumpPlan = { byDecoder: new Map(), unknown: [] }
  for (const path of paths) {
    if (plain.has(basename(path))) continue
    if (!dumped.test(path)) {
      plan.unknown.push(path)
      continue
    }
    const decoder = decoderOf(path)
    const group = plan.byDecoder.get(decoder) ?? []
    plan.byDecoder.set(decoder, [...group, path])
  }
  return plan
}

/** Lines of the tool's output that tell of something amiss. */
export function findComplaints(output: string): string[] {
  // Lines of the metadata log's records carry JSON in which any word may stand.
  return output.split('\n').filter(line => complaints.test(line.replace(/payload: .*/, '')))
}

/** Reads every file; throws at the first complaint. Answers how much was read. */
export async function dumpEveryFile(
  processes: Processes,
  options: { classPath: string; logDirectory: string },
): Promise<string> {
  const paths = listFiles(options.logDirectory)
  const { byDecoder, unknown } = planDump(paths)
  if (unknown.length > 0) throw new Error(`Kafka has no such files: ${unknown.join(', ')}`)
  let dumpedCount = 0
  for (const [decoder, group] of byDecoder) {
    await dump(processes, { ...options, decoder, group })
    dumpedCount += group.length
  }
  if (dumpedCount === 0) throw new Error(`${options.logDirectory} holds nothing to read`)
  return `${dumpedCount} of ${paths.length} files read, the others are plain text`
}

/** Every file below a directory, relative to it, sorted. */
function listFiles(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names.filter(name => !statSync(join(directory, name)).isDirectory()).sort()
}

/** Bytes that a topic's partitions hold now. */
export function topicBytes(logDirectory: string, topic: string): number {
  let bytes = 0
  for (const folder of readdirSync(logDirectory)) {
    if (!folder.startsWith(`${topic}-`)) continue
    for (const name of readdirSync(join(logDirectory, folder))) {
      if (name.endsWith('.log')) bytes += statSync(join(logDirectory, folder, name)).size
    }
  }
  return bytes
}

async function dump(
  processes: Processes,
  options: { classPath: string; logDirectory: string; decoder: string; group: readonly string[] },
): Promise<void> {
  const files = options.group.map(path => join(options.logDirectory, path))
  const flags = options.decoder === '' ? ['--deep-iteration'] : [options.decoder]
  const main = 'org.apache.kafka.tools.DumpLogSegments'
  const args = javaArgs(options.classPath, main, [...flags, '--files', files.join(',')], { heapMb: 512 })
  const unread = new Set(files)
  const amiss: string[] = []
  let partial = ''
  const take = (text: string) => {
    const lines = (partial + text).split('\n')
    partial = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('Dumping ')) unread.delete(line.slice('Dumping '.length))
    }
    if (amiss.length < 5) amiss.push(...findComplaints(lines.join('\n')))
  }
  const { stderr } = await processes.run('java', args, {
    deadlineMs: 180_000,
    onStdout: chunk => take(chunk.toString()),
  })
  take(`\n${stderr}\n`)
  if (amiss.length > 0) throw new Error(`kafka-dump-log says: ${amiss.slice(0, 5).join(' | ')}`)
  if (unread.size > 0) {
    const names = [...unread].map(path => relative(options.logDirectory, path))
    throw new Error(`kafka-dump-log did not read ${names.join(', ')}`)
  }
}

function decoderOf(path: string): string {
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
  // Indexes and producer snapshots have one form whatever the topic; the decoders are for records.
  if (!/\.(log|checkpoint)$/.test(path)) return ''
  if (path.endsWith('.checkpoint')) return '--cluster-metadata-decoder'
  return decoders[folder.replace(/-\d+$/, '')] ?? ''
}
