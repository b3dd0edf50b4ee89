import { metadataVersions } from '@dorsale/protocol'

/** Versions in which records are written at a level of `metadata.version`: every node of the cluster must be able to read them. */

export function partitionVersion(metadataVersion: number): number {
  if (metadataVersion >= metadataVersions.eligibleLeaderReplicas) return 2
  return metadataVersion >= metadataVersions.directoryAssignment ? 1 : 0
}

export function partitionChangeVersion(metadataVersion: number): number {
  return partitionVersion(metadataVersion)
}

export function registerBrokerVersion(metadataVersion: number): number {
  if (metadataVersion >= metadataVersions.cordonedLogDirs) return 4
  if (metadataVersion >= metadataVersions.directoryAssignment) return 3
  return metadataVersion >= metadataVersions.migration ? 2 : 1
}
