import { makeDurableDirectorySync } from '@dorsale/base'
import {
  encodeMetadataRecord,
  isReservedDirectoryId,
  type MetadataRecord,
  metadataRecord,
  metadataVersionNames,
  randomUuid,
} from '@dorsale/protocol'
import { metadataLogName } from '../metadata-log.ts'
import { bootstrapSnapshotId, encodeSnapshot, writeSnapshotSync } from '../snapshots.ts'
import { supportedKraftVersions, type Voter } from '../voters.ts'
import { type EffectiveLevels, effectiveLevels } from './feature-levels.ts'
import { readMetaProperties, writeMetaProperties } from './meta-properties.ts'
import { StorageError } from './storage-error.ts'
import type { FormatOptions, FormatReport, MetaProperties, MetaPropertiesOf } from './types.ts'

/**
 * Prepares empty log directories for a node that is its cluster's first and only voter, as `kafka-storage format --standalone` does:
 * the bootstrap snapshot with the voter and the feature levels, then `meta.properties`, whose presence says that the directory is whole.
 *
 * Throws a `StorageError`, and has written nothing, when a directory is formatted already (unless `ignoreFormatted`), belongs
 * to another cluster or node, or a feature is unknown.
 */
export function formatStorage(options: FormatOptions): FormatReport {
  const { disk, clock, prng, directories } = options
  const metadataDirectory = options.metadataDirectory ?? directories[0]
  if (metadataDirectory === undefined) throw new StorageError('There is no log directory to format.')
  const all = directories.includes(metadataDirectory) ? directories : [metadataDirectory, ...directories]
  const levels = effectiveLevels(options)

  const present = readPresent(options, all)
  const clusterId = options.clusterId ?? present.values().next().value?.clusterId ?? randomUuid(prng)
  checkPresent(options, present, clusterId)
  const absent = all.filter(directory => !present.has(directory))
  if (absent.length === 0) {
    return { clusterId, messages: ['All of the log directories are already formatted.'], formatted: [] }
  }

  const bootstrap = [
    ...levels.recorded.map(([name, featureLevel]) => metadataRecord('FeatureLevelRecord', 0, { name, featureLevel })),
    ...(options.records ?? []),
  ]
  const messages = [describeBootstrap(levels)]
  const formatted: MetaPropertiesOf[] = []
  for (const directory of absent) {
    const properties: MetaProperties = {
      version: 1,
      clusterId,
      nodeId: options.nodeId,
      directoryId: newDirectoryId(options),
    }
    const kind = directory === metadataDirectory ? 'dynamic metadata voter' : 'data'
    messages.push(
      `Formatting ${kind} directory ${directory} with metadata.version ${metadataVersionNames.get(levels.metadataVersion)}.`,
    )
    makeDurableDirectorySync(disk, directory)
    if (directory === metadataDirectory) writeBootstrap(options, properties, directory, { levels, bootstrap })
    writeMetaProperties(disk, clock, directory, properties)
    formatted.push({ ...properties, directory })
  }
  return { clusterId, messages, formatted }
}

function readPresent({ disk }: FormatOptions, directories: readonly string[]): Map<string, MetaProperties> {
  const present = new Map<string, MetaProperties>()
  for (const directory of directories) {
    const properties = readMetaProperties(disk, directory)
    if (properties !== undefined) present.set(directory, properties)
  }
  return present
}

function checkPresent(options: FormatOptions, present: ReadonlyMap<string, MetaProperties>, clusterId: string): void {
  for (const [directory, properties] of present) {
    const file = `${directory}/meta.properties`
    if (options.ignoreFormatted !== true) {
      throw new StorageError(
        `Log directory ${directory} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`,
      )
    }
    if (properties.clusterId !== clusterId) {
      throw new StorageError(`Invalid cluster.id in: ${file}. Expected ${clusterId}, but read ${properties.clusterId}`)
    }
    if (properties.nodeId !== options.nodeId) {
      throw new StorageError(
        `Stored node id ${properties.nodeId} doesn't match previous node id ${options.nodeId} in ${directory}. If you moved your data, make sure your configured node id matches. If you intend to create a new node, you should remove all data in your data directories.`,
      )
    }
  }
}

function writeBootstrap(
  { disk, clock, endpoints }: FormatOptions,
  { nodeId, directoryId }: MetaProperties,
  directory: string,
  { levels, bootstrap }: { readonly levels: EffectiveLevels; readonly bootstrap: readonly MetadataRecord[] },
): void {
  const logDirectory = `${directory}/${metadataLogName}`
  disk.makeDirectorySync(logDirectory)
  if (disk.listSync(logDirectory).some(entry => entry.name.endsWith('.log'))) {
    throw new StorageError(
      `${logDirectory} holds a metadata log, but ${directory} has no meta.properties: restore that file, or remove the directory to begin anew.`,
    )
  }
  const now = clock.now()
  const voter: Voter = { id: nodeId, directoryId, endpoints, kraftVersions: supportedKraftVersions }
  const batches = encodeSnapshot(
    {
      id: bootstrapSnapshotId,
      lastContainedTimestamp: now,
      quorum: { kraftVersion: levels.kraftVersion, voters: [voter] },
      records: bootstrap,
    },
    { encode: encodeMetadataRecord },
    now,
  )
  writeSnapshotSync(disk, logDirectory, bootstrapSnapshotId, batches)
  disk.syncDirectorySync(directory)
}

function newDirectoryId({ prng }: FormatOptions): string {
  for (;;) {
    const id = randomUuid(prng)
    if (!isReservedDirectoryId(id)) return id
  }
}

/** The line that Kafka's tool prints first, without what may be secret of the other records. */
function describeBootstrap({ recorded, metadataVersion }: EffectiveLevels): string {
  const records = recorded.map(
    ([name, level]) => `ApiMessageAndVersion(FeatureLevelRecord(name='${name}', featureLevel=${level}) at version 0)`,
  )
  return `Bootstrap metadata: BootstrapMetadata(records=[${records.join(', ')}], metadataVersionLevel=${metadataVersion}, source=format command)`
}
