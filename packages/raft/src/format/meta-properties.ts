/**
 * `meta.properties`, in each log directory: whose it is. Java's properties format, as Kafka writes it:
 *
 * ```
 * #
 * #Mon Nov 23 06:42:20 UTC 2026
 * node.id=1
 * directory.id=SdEXTuTyQZSVKRgciwLcmg
 * version=1
 * cluster.id=5L6g3nShT-eMCtK--X86sw
 * ```
 */
import { type Clock, type Disk, DiskError, parseJavaProperties, replaceFileSync } from '@dorsale/base'
import { isReservedDirectoryId, isUuid } from '@dorsale/protocol'
import { StorageError } from './storage-error.ts'
import type { MetaProperties } from './types.ts'

export const metaPropertiesFile = 'meta.properties'

/** Entries of the file as they stand; undefined when there is no file. */
export function readMetaEntries(disk: Disk, directory: string): ReadonlyMap<string, string> | undefined {
  try {
    return parseJavaProperties(disk.readFileSync(`${directory}/${metaPropertiesFile}`))
  } catch (error) {
    if (error instanceof DiskError && error.errno === 'ENOENT') return undefined
    throw error
  }
}

/** Reads and checks the file. Undefined: the directory is not formatted. Throws a `StorageError` with Kafka's reason. */
export function readMetaProperties(disk: Disk, directory: string): MetaProperties | undefined {
  const entries = readMetaEntries(disk, directory)
  return entries === undefined ? undefined : checkMetaEntries(entries)
}

/** Throws a `StorageError` with Kafka's reason. */
export function checkMetaEntries(entries: ReadonlyMap<string, string>): MetaProperties {
  const version = entries.get('version') ?? '0'
  if (!/^-?\d+$/.test(version)) throw new StorageError(`Invalid meta.properties version string '${version}'`)
  // Version 0 is of brokers that kept their metadata in ZooKeeper; there is nothing in such a directory that we could start from.
  if (version !== '1') throw new StorageError(`Unknown meta.properties version number ${version}`)
  const required = (key: string): string => {
    const value = entries.get(key)
    if (value === undefined) throw new StorageError(`Failed to find ${key}`)
    return value
  }
  const clusterId = required('cluster.id')
  const nodeId = required('node.id')
  if (!/^-?\d+$/.test(nodeId)) throw new StorageError(`Unable to read ${nodeId} as a base-10 number.`)
  const directoryId = required('directory.id')
  if (!isUuid(directoryId)) throw new StorageError(`Unable to read ${directoryId} as a directory ID.`)
  if (isReservedDirectoryId(directoryId)) throw new StorageError(`Invalid reserved directory ID ${directoryId}`)
  return { version: 1, clusterId, nodeId: Number(nodeId), directoryId }
}

/** Writes the file so that after any death it is whole or not there: its presence is what says that a directory is formatted. */
export function writeMetaProperties(disk: Disk, clock: Clock, directory: string, properties: MetaProperties): void {
  const lines = [
    '#',
    `#${javaDate(clock.now())}`,
    `node.id=${properties.nodeId}`,
    `directory.id=${properties.directoryId}`,
    'version=1',
    `cluster.id=${escapeValue(properties.clusterId)}`,
    '',
  ]
  replaceFileSync(disk, `${directory}/${metaPropertiesFile}`, new TextEncoder().encode(lines.join('\n')))
}

/** `java.util.Date`'s form, in UTC: `Mon Nov 23 06:42:20 UTC 2026`. */
function javaDate(now: number): string {
  const [weekday, day, month, year, time] = new Date(now).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}

/** What Java's properties format gives a meaning to, or has no place for in its Latin-1. */
function escapeValue(value: string): string {
  return value
    .replace(/[\\:=#!]/g, '\\$&')
    .replace(/^ /, '\\ ')
    .replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
