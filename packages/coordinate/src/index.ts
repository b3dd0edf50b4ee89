export { type AclDecisions, aclDecisions } from './controller/acl-decisions.ts'
export { entityKey, entityOf, type QuotaEntity } from './controller/client-quotas.ts'
export * from './controller/config-table.ts'
export { alteredList, configOperations } from './controller/configs.ts'
export { Controller } from './controller/controller.ts'
export { producerIdBlockSize } from './controller/producer-ids.ts'
export * from './controller/result.ts'
export { scramCredentialRecord, scramIterationsMax, scramMechanisms } from './controller/scram-credentials.ts'
export { collisionKey, metadataTopicName, topicNameProblem } from './controller/topic-names.ts'
export * from './controller/types.ts'
export { describedConsumerGroup } from './groups/consumer/describe.ts'
export type { GroupConfig, MigrationPolicy, ModernGroupConfig } from './groups/group-config.ts'
export type { GroupClient, GroupStep } from './groups/group-context.ts'
export { type GroupRecord, groupRecordSerde } from './groups/group-records.ts'
export { GroupShard, type GroupShardOptions } from './groups/group-shard.ts'
export type { GroupMetadataImage } from './groups/modern/topic-hashes.ts'
export { noOffset, type OffsetReader } from './groups/offsets/fetch-offsets.ts'
export { describedShareGroup } from './groups/share/describe.ts'
export type { ShareInitialization, SharePartitionRef } from './groups/share/state-partitions.ts'
export * from './metadata/image.ts'
export { imageRecords } from './metadata/image-records.ts'
export { MetadataError } from './metadata/metadata-error.ts'
export * from './metadata/metadata-node.ts'
export { metadataRecordSerde } from './metadata/record-serde.ts'
export { MetadataState } from './metadata/state.ts'
export { compileRe2, type Re2Pattern } from './re2.ts'
export * from './shard/coordinator-shard.ts'
export * from './shard/step.ts'
export { type AcknowledgementBatch, acknowledgeTypes } from './share/acknowledge.ts'
export type { AcquiredRange } from './share/acquire.ts'
export type { OffsetRange } from './share/delivery-run.ts'
export { type ShareChange, type ShareLimits, SharePartition } from './share/share-partition.ts'
export {
  type SharePartitionKey,
  type ShareStateRecord,
  sharePartitionText,
  shareStateRecordSerde,
} from './share-state/share-state-records.ts'
export {
  type ShareState,
  type ShareStateConfig,
  ShareStateShard,
  type ShareStateStep,
  type ShareStateWrite,
} from './share-state/share-state-shard.ts'
export type { StateBatch } from './share-state/state-batches.ts'
export type { TransactionPartition } from './transactions/add-partitions.ts'
export {
  type DecidedTransaction,
  needsProducerId,
  type ProducerIdentity,
  type TransactionConfig,
  type TransactionStep,
} from './transactions/transaction-context.ts'
export { type TransactionRecord, transactionRecordSerde } from './transactions/transaction-record.ts'
export { TransactionShard } from './transactions/transaction-shard.ts'
export { transactionStates } from './transactions/transaction-state.ts'
