import {
  elrVersionFeature,
  type MetadataRecord,
  metadataRecord,
  metadataVersionFeature,
  metadataVersions,
} from '@dorsale/protocol'
import { partitionVersion, registerBrokerVersion } from '../controller/record-versions.ts'
import type { MetadataImage, TopicImage } from './image.ts'

/**
 * The image as the records of a snapshot: replayed on an empty state they give the same image. `metadata.version` comes first, since it
 * says how the rest is to be read. The image must not change while this is walked.
 */
export function* imageRecords(image: MetadataImage): Generator<MetadataRecord> {
  if (image.metadataVersion > 0) yield featureRecord(metadataVersionFeature, image.metadataVersion)
  for (const [name, level] of image.features) if (name !== metadataVersionFeature) yield featureRecord(name, level)
  yield* nodeRecords(image)
  for (const topic of image.topicsById.values()) yield* topicRecords(image, topic)
  for (const resource of image.configResources()) {
    for (const [name, value] of image.configsOf(resource.type, resource.name)) {
      yield metadataRecord('ConfigRecord', 0, {
        resourceType: resource.type,
        resourceName: resource.name,
        name,
        value,
      })
    }
  }
  for (const value of image.clientQuotas) yield { type: 'ClientQuotaRecord', version: 0, value }
  if (image.nextProducerId > 0n) {
    yield metadataRecord('ProducerIdsRecord', 0, { brokerId: -1, nextProducerId: image.nextProducerId })
  }
  for (const value of image.acls.values()) yield { type: 'AccessControlEntryRecord', version: 0, value }
  for (const value of image.scramCredentials) yield { type: 'UserScramCredentialRecord', version: 0, value }
  for (const value of image.delegationTokens.values()) yield { type: 'DelegationTokenRecord', version: 0, value }
}

function featureRecord(name: string, featureLevel: number): MetadataRecord {
  return metadataRecord('FeatureLevelRecord', 0, { name, featureLevel })
}

function* nodeRecords(image: MetadataImage): Generator<MetadataRecord> {
  const { metadataVersion } = image
  for (const broker of image.brokers.values()) {
    yield metadataRecord('RegisterBrokerRecord', registerBrokerVersion(metadataVersion), {
      brokerId: broker.id,
      incarnationId: broker.incarnationId,
      brokerEpoch: broker.epoch,
      endPoints: broker.endpoints.map(endpoint => ({ ...endpoint })),
      features: broker.features.map(feature => ({ ...feature })),
      rack: broker.rack,
      fenced: broker.fenced,
      inControlledShutdown: broker.inControlledShutdown,
      logDirs: [...broker.logDirs],
      cordonedLogDirs: broker.cordonedLogDirs === null ? null : [...broker.cordonedLogDirs],
    })
  }
  for (const controller of image.controllers.values()) {
    yield metadataRecord('RegisterControllerRecord', 0, {
      controllerId: controller.id,
      incarnationId: controller.incarnationId,
      zkMigrationReady: controller.zkMigrationReady,
      endPoints: controller.endpoints.map(endpoint => ({ ...endpoint })),
      features: controller.features.map(feature => ({ ...feature })),
    })
  }
}

function* topicRecords(image: MetadataImage, topic: TopicImage): Generator<MetadataRecord> {
  const { metadataVersion } = image
  const elrEnabled = (image.features.get(elrVersionFeature) ?? 0) >= 1
  yield metadataRecord('TopicRecord', 0, { name: topic.name, topicId: topic.id })
  for (const [partitionId, partition] of topic.partitions.entries()) {
    yield metadataRecord('PartitionRecord', partitionVersion(metadataVersion), {
      partitionId,
      topicId: topic.id,
      replicas: [...partition.replicas],
      isr: [...partition.isr],
      removingReplicas: [...partition.removingReplicas],
      addingReplicas: [...partition.addingReplicas],
      leader: partition.leader,
      leaderRecoveryState: partition.leaderRecoveryState,
      leaderEpoch: partition.leaderEpoch,
      partitionEpoch: partition.partitionEpoch,
      directories: metadataVersion < metadataVersions.directoryAssignment ? [] : [...partition.directories],
      eligibleLeaderReplicas: elrEnabled && partition.elr.length > 0 ? [...partition.elr] : null,
      lastKnownElr: elrEnabled && partition.lastKnownElr.length > 0 ? [...partition.lastKnownElr] : null,
    })
  }
}
