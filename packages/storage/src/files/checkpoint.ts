/**
 * Kafka's checkpoint files, text with one entry per line:
 *
 * ```
 * 0                      version
 * 2                      entries
 * orders 0 523456        topic, partition, offset; in leader-epoch-checkpoint: epoch, start offset
 * orders 1 17
 * ```
 */
import { type Disk, DorsaleError } from '@dorsale/base'

/** A file in a log directory contradicts its own format. `code` is `DORSALE_CORRUPT_FILE`. */
export class CorruptFileError extends DorsaleError {
  override readonly name = 'CorruptFileError'

  constructor(path: string, reason: string, options: { cause?: unknown } = {}) {
    super('DORSALE_CORRUPT_FILE', `${path} ${reason}`, options)
  }
}

const version = '0'

/** The fields of every entry, or undefined when there is no file. Throws a `CorruptFileError`. */
export function readCheckpoint(disk: Disk, path: string): string[][] | undefined {
  if (disk.statSync(path) === undefined) return undefined
  const [versionLine, countLine, ...lines] = Buffer.from(disk.readFileSync(path)).toString('utf8').split(/\r?\n/)
  if (versionLine !== version)
    throw new CorruptFileError(path, `starts with version '${versionLine}' instead of ${version}`)
  if (countLine === undefined || !/^\d+$/.test(countLine))
    throw new CorruptFileError(path, 'does not say how many entries it has')
  // The last line ends with a line break, behind which there is nothing. Without it a power loss has cut the file, and the last number may have lost its last digits.
  if (lines.at(-1) !== '') throw new CorruptFileError(path, 'is cut short')
  lines.pop()
  if (lines.length !== Number(countLine)) {
    throw new CorruptFileError(path, `has ${lines.length} entries instead of ${countLine}`)
  }
  return lines.map(line => line.split(/\s+/))
}

/** The content of a checkpoint with these entries, fields already joined by a space. */
export function formatCheckpoint(entries: readonly string[]): Uint8Array {
  return Buffer.from(`${[version, entries.length, ...entries].join('\n')}\n`)
}

/** One field as a non-negative integer that a number holds. */
export function parseField(path: string, field: string | undefined): number {
  const value = field !== undefined && /^-?\d+$/.test(field) ? Number(field) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new CorruptFileError(path, `has '${field}' where a number belongs`)
  return value
}
