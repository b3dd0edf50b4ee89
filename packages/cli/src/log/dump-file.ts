/** Any file of a log directory, by its name. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DorsaleError } from '@dorsale/base'
import {
  dumpOffsetIndex,
  dumpProducerSnapshot,
  dumpTimeIndex,
  dumpTransactionIndex,
  type OnMismatch,
} from './dump-index-files.ts'
import { dumpLogFile } from './dump-log-file.ts'
import { internalDecoder, metadataDecoder, type RecordDecoder, textDecoder } from './record-decoders.ts'

export interface DumpOptions {
  readonly decoder: RecordDecoder | undefined
  readonly isDeep: boolean
  readonly skipsMetadata: boolean
  readonly bytesMax: number
  readonly isSilent: boolean
  readonly isSanityOnly: boolean
}

/** Told at the end what does not agree, under what. */
export type Mismatches = Map<string, string[]>

/** The lines of a file; undefined: nothing is known of such a file. Throws a `DorsaleError` when it is not there, or damaged. */
export function dumpFile(path: string, options: DumpOptions, mismatches: Mismatches): Iterable<string> | undefined {
  if (!existsSync(path)) throw new DorsaleError('DORSALE_INPUT', `there is no file ${path}`)
  const note = (title: string, line: string) => {
    const lines = mismatches.get(title) ?? []
    mismatches.set(title, lines)
    lines.push(line)
  }
  const onMismatch: OnMismatch = (kind, found, expected) => {
    switch (kind) {
      case 'offset':
        return note(`Mismatches in :${path}`, `  Index offset: ${found}, log offset: ${expected}`)
      case 'timestamp':
        return note(`Found timestamp mismatch in :${path}`, `  Index timestamp: ${found}, log timestamp: ${expected}`)
      case 'order':
        return note(
          `Found out of order timestamp in :${path}`,
          `  Index timestamp: ${found}, Previously indexed timestamp: ${expected}`,
        )
      case 'missing':
        return note(
          'The following indexed offsets are not found in the log.',
          `Indexed offset: ${found}, found log offset: ${expected}`,
        )
    }
  }
  const onGap = (last: number, next: number) =>
    note(`Non-consecutive offsets in ${path}`, `  ${last} is followed by ${next}`)
  const name = basename(path)
  if (/\.(log|checkpoint)$/.test(name)) return dumpLogFile(path, { ...options, onGap })
  if (name.endsWith('.index')) return dumpOffsetIndex(path, { ...options, onMismatch })
  if (name.endsWith('.timeindex')) return dumpTimeIndex(path, { ...options, onMismatch })
  if (name.endsWith('.txnindex')) return dumpTransactionIndex(path)
  if (name.endsWith('.snapshot')) return dumpProducerSnapshot(path)
  return undefined
}

/** Files of a log directory that are text. */
export function textFile(path: string): string | undefined {
  const isText = /-checkpoint$|^(partition\.metadata|meta\.properties|quorum-state)$/.test(basename(path))
  return isText ? readFileSync(path, 'utf8') : undefined
}

/** The decoder that fits a partition's directory. */
export function decoderOf(path: string): RecordDecoder {
  const [topic = ''] = basename(dirname(path)).split(/-\d+$/)
  switch (topic) {
    case '__consumer_offsets':
      return internalDecoder('groups')
    case '__transaction_state':
      return internalDecoder('transactions')
    case '__share_group_state':
      return internalDecoder('share-state')
    case '__cluster_metadata':
      return metadataDecoder
    default:
      return textDecoder()
  }
}
