import type { Clock, Disk, Prng } from '@dorsale/base'
import type { MetadataRecord } from '@dorsale/protocol'
import type { RaftEndpoint } from '../types.ts'

/** `meta.properties`, version 1: whose directory this is. */
export interface MetaProperties {
  readonly version: 1
  readonly clusterId: string
  readonly nodeId: number
  /** Identity of this one directory; partitions and voters name it. */
  readonly directoryId: string
}

export interface FormatOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  /** Every log directory of the node (`log.dirs`, and `metadata.log.dir` if it is another). */
  readonly directories: readonly string[]
  /** The one that gets the metadata log. Default: the first. */
  readonly metadataDirectory?: string
  /** Default: a random one. */
  readonly clusterId?: string
  readonly nodeId: number
  /** The controller listener as the first voter set names it. Its presence is Kafka's `--standalone`. */
  readonly endpoints: readonly RaftEndpoint[]
  /** `metadata.version` by name, such as `4.4-IV2`; default: the newest. */
  readonly releaseVersion?: string
  /** Levels that differ from those the release implies, as `--feature name=level`. */
  readonly features?: ReadonlyMap<string, number>
  /** What the metadata begins with beside the feature levels. Default: nothing. */
  readonly records?: readonly MetadataRecord[]
  /** Leave directories that are formatted already, and format the others. */
  readonly ignoreFormatted?: boolean
}

export interface FormatReport {
  readonly clusterId: string
  /** What was done, in Kafka's sentences. */
  readonly messages: readonly string[]
  readonly formatted: readonly MetaPropertiesOf[]
}

export interface MetaPropertiesOf extends MetaProperties {
  readonly directory: string
}

/** What `storage info` says. */
export interface StorageDescription {
  readonly foundDirectories: readonly string[]
  /** Entries that `meta.properties` holds, sorted by name. */
  readonly metadata: ReadonlyMap<string, string> | undefined
  readonly problems: readonly string[]
  /** The report as Kafka prints it. */
  readonly text: string
  /** 1 when there are problems. */
  readonly exitCode: 0 | 1
}
