import {
  directoryIds,
  elrVersionFeature,
  type MetadataRecord,
  metadataRecord,
  metadataVersions,
} from '@dorsale/protocol'
import { configResourceTypes, type PartitionImage, type TopicImage } from '../metadata/image.ts'
import type { ControllerContext } from './context.ts'
import { changePartition, noLeader, type PartitionChange, type PartitionRules } from './partition-change.ts'
import { partitionChangeVersion, partitionVersion } from './record-versions.ts'

/** Whether the broker may lead and be placed on: registered, not fenced, not leaving. */
export function isActive(context: ControllerContext, brokerId: number): boolean {
  const broker = context.metadata.brokers.get(brokerId)
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown
}

/** Whether the cluster tracks eligible leader replicas. */
export function elrEnabled(context: ControllerContext): boolean {
  return (context.metadata.features.get(elrVersionFeature) ?? 0) >= 1
}

/** `min.insync.replicas` in force for a topic: its own, the cluster's, the static one. Never more than the replicas there are. */
function minInSyncReplicas(context: ControllerContext, topic: TopicImage, replicaCount: number): number {
  const key = 'min.insync.replicas'
  const value =
    context.metadata.configsOf(configResourceTypes.TOPIC, topic.name).get(key) ??
    context.metadata.configsOf(configResourceTypes.BROKER, '').get(key)
  const configured = value === undefined ? context.config.minInSyncReplicas : Number(value)
  return Math.min(configured, replicaCount)
}

/** `unclean.leader.election.enable` in force for a topic. */
function uncleanElectionEnabled(context: ControllerContext, topic: TopicImage): boolean {
  const key = 'unclean.leader.election.enable'
  const value =
    context.metadata.configsOf(configResourceTypes.TOPIC, topic.name).get(key) ??
    context.metadata.configsOf(configResourceTypes.BROKER, '').get(key) ??
    context.configTable.defaultValue({ type: configResourceTypes.TOPIC, name: topic.name }, key)
  return value === 'true'
}

/** The change of one partition as a record; undefined when nothing changes. */
export function partitionChangeRecordOf(
  context: ControllerContext,
  place: { readonly topic: TopicImage; readonly partitionId: number },
  change: PartitionChange,
  isAcceptableLeader: (brokerId: number) => boolean = brokerId => isActive(context, brokerId),
): MetadataRecord | undefined {
  const partition = place.topic.partitions[place.partitionId]!
  const rules: PartitionRules = {
    topicId: place.topic.id,
    partitionId: place.partitionId,
    minInSyncReplicas: minInSyncReplicas(context, place.topic, partition.replicas.length),
    elrEnabled: elrEnabled(context),
    directoriesSupported: context.metadata.metadataVersion >= metadataVersions.directoryAssignment,
    isAcceptableLeader,
  }
  const value = changePartition(partition, change, rules)
  if (value === undefined) return undefined
  return { type: 'PartitionChangeRecord', version: partitionChangeVersion(context.metadata.metadataVersion), value }
}

/** A broker's coming or going, as partitions see it. */
export interface BrokerMove {
  /** It leaves every ISR and leads nothing. */
  readonly removed?: number
  /** It may lead again. */
  readonly added?: number
  /** It died without a clean stop: out of every ISR, and not eligible either. */
  readonly uncleanShutdown?: number
}

/** Records for every partition that a broker's coming or going changes. */
export function partitionChangesFor(context: ControllerContext, move: BrokerMove): MetadataRecord[] {
  const records: MetadataRecord[] = []
  const isAcceptableLeader = (brokerId: number): boolean =>
    brokerId !== move.removed &&
    brokerId !== move.uncleanShutdown &&
    (brokerId === move.added || isActive(context, brokerId))
  const leaves = (brokerId: number): boolean => brokerId === move.removed || brokerId === move.uncleanShutdown

  for (const topic of context.metadata.topicsByName.values()) {
    topic.partitions.forEach((partition, partitionId) => {
      if (!concerns(partition, move)) return
      const remaining = partition.isr.filter(brokerId => !leaves(brokerId))
      // Without eligible leader replicas the last in-sync replica stays in the ISR: it is how the controller remembers it.
      const isr = remaining.length === 0 && !elrEnabled(context) ? partition.isr : remaining
      const record = partitionChangeRecordOf(
        context,
        { topic, partitionId },
        {
          isr,
          election: uncleanElectionEnabled(context, topic) ? 'unclean' : 'online',
          ...(move.uncleanShutdown === undefined ? {} : { uncleanShutdownReplicas: [move.uncleanShutdown] }),
        },
        isAcceptableLeader,
      )
      if (record !== undefined) records.push(record)
    })
  }
  return records
}

function concerns(partition: PartitionImage, { removed, added, uncleanShutdown }: BrokerMove): boolean {
  if (removed !== undefined && partition.isr.includes(removed)) return true
  if (uncleanShutdown !== undefined) {
    if (partition.isr.includes(uncleanShutdown) || partition.elr.includes(uncleanShutdown)) return true
  }
  return added !== undefined && partition.leader === noLeader && partition.replicas.includes(added)
}

/** Whether the broker leads a partition. */
export function leadsSomething(context: ControllerContext, brokerId: number): boolean {
  for (const topic of context.metadata.topicsByName.values()) {
    if (topic.partitions.some(partition => partition.leader === brokerId)) return true
  }
  return false
}

/** The record of a new partition on these replicas; the active ones are in sync, the first of them leads. */
export function newPartitionRecord(
  context: ControllerContext,
  place: { readonly topicId: string; readonly partitionId: number },
  replicas: readonly number[],
): MetadataRecord {
  const isr = replicas.filter(brokerId => isActive(context, brokerId))
  return metadataRecord('PartitionRecord', partitionVersion(context.metadata.metadataVersion), {
    ...place,
    replicas: [...replicas],
    isr,
    leader: isr[0]!,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories:
      context.metadata.metadataVersion < metadataVersions.directoryAssignment
        ? []
        : replicas.map(brokerId => defaultDirectory(context, brokerId)),
  })
}

/** The directory a new replica goes to: the broker's only one, or the broker's choice. */
function defaultDirectory(context: ControllerContext, brokerId: number): string {
  const broker = context.metadata.brokers.get(brokerId)
  if (broker === undefined) return directoryIds.migrating
  const usable = broker.logDirs.filter(id => !(broker.cordonedLogDirs?.includes(id) ?? false))
  return usable.length === 1 ? usable[0]! : directoryIds.unassigned
}
