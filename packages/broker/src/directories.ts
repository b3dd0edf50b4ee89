import { type Disk, DorsaleError } from '@dorsale/base'
import { readMetaProperties } from '@dorsale/raft'
import type { LogDirectory } from '@dorsale/storage'
import type { BrokerConfig } from './config/index.ts'

/** The node's formatted directories, as their `meta.properties` describe them. */
export interface NodeDirectories {
  readonly clusterId: string
  /** `log.dirs` */
  readonly logs: readonly LogDirectory[]
  /** `metadata.log.dir`; often one of the others. */
  readonly metadata: LogDirectory
}

/** Throws a `DorsaleError` when a directory is not formatted, or belongs to another node or another cluster than the first. */
export function readDirectories(disk: Disk, config: BrokerConfig): NodeDirectories {
  const paths = [...new Set([config.metadataDirectory, ...config.logDirectories])]
  const found = paths.map(path => ({ path, ...readMetaProperties(disk, path) }))
  const metadata = found[0]!
  for (const { path, nodeId, clusterId } of found) {
    if (nodeId !== config.nodeId) {
      throw refusal(`The directory ${path} belongs to node ${nodeId}, and node.id is ${config.nodeId}.`)
    }
    if (clusterId !== metadata.clusterId) {
      const text = `The directory ${path} belongs to cluster ${clusterId}, and ${metadata.path} to ${metadata.clusterId}.`
      throw refusal(text)
    }
  }
  const asLogDirectory = ({ path, directoryId }: (typeof found)[number]): LogDirectory => ({ path, id: directoryId })
  return {
    clusterId: metadata.clusterId,
    logs: found.filter(({ path }) => config.logDirectories.includes(path)).map(asLogDirectory),
    metadata: asLogDirectory(metadata),
  }
}

function refusal(sentence: string): DorsaleError {
  return new DorsaleError('DORSALE_DIRECTORY', sentence)
}
