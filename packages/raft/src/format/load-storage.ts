import type { Disk } from '@dorsale/base'
import { readMetaProperties } from './meta-properties.ts'
import { StorageError } from './storage-error.ts'

/** The identity that a node's formatted directories agree on. */
export interface LoadedStorage {
  readonly clusterId: string
  readonly nodeId: number
  readonly directories: readonly LoadedDirectory[]
  readonly metadataDirectory: LoadedDirectory
}

export interface LoadedDirectory {
  readonly path: string
  /** `directory.id` */
  readonly id: string
}

/**
 * Reads `meta.properties` of every directory and holds them against each other and the configuration. Throws a `StorageError` whose sentence
 * says which directory, what was found and what to do.
 */
export function loadStorage(options: {
  readonly disk: Disk
  readonly directories: readonly string[]
  readonly metadataDirectory: string
  readonly nodeId: number
}): LoadedStorage {
  const { disk, directories, metadataDirectory, nodeId } = options
  const all = directories.includes(metadataDirectory) ? directories : [metadataDirectory, ...directories]
  const loaded: LoadedDirectory[] = []
  let clusterId: string | undefined
  for (const path of all) {
    const properties = readDirectory(disk, path)
    clusterId ??= properties.clusterId
    if (properties.clusterId !== clusterId) {
      throw new StorageError(
        `Invalid cluster.id in: ${path}/meta.properties. Expected ${clusterId}, but read ${properties.clusterId}`,
      )
    }
    if (properties.nodeId !== nodeId) {
      throw new StorageError(
        `${path} belongs to node ${properties.nodeId}, but node.id is ${nodeId}. Set node.id to ${properties.nodeId}, or give this node a directory of its own.`,
      )
    }
    const twin = loaded.find(each => each.id === properties.directoryId)
    if (twin !== undefined) {
      throw new StorageError(
        `Duplicate directory ID ${properties.directoryId} found. It was the ID of ${twin.path}, but also of ${path}`,
      )
    }
    loaded.push({ path, id: properties.directoryId })
  }
  return {
    clusterId: clusterId!,
    nodeId,
    directories: loaded.filter(each => directories.includes(each.path)),
    metadataDirectory: loaded.find(each => each.path === metadataDirectory)!,
  }
}

function readDirectory(disk: Disk, path: string) {
  const properties = (() => {
    try {
      return readMetaProperties(disk, path)
    } catch (cause) {
      throw new StorageError(`Error loading ${path}/meta.properties: ${(cause as Error).message}`, { cause })
    }
  })()
  if (properties === undefined) {
    throw new StorageError(
      `No \`meta.properties\` found in ${path} (have you run \`dorsale storage format\` to format the directory?)`,
    )
  }
  return properties
}
