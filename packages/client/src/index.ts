export type {
  AclBinding,
  AclBindingFilter,
  AclPatternType,
  AclPermissionType,
  AclResourceType,
  DeletedAcl,
} from './admin/acls.ts'
export { type Admin, type AdminOptions, type AdminSettings, createAdmin } from './admin/admin.ts'
export type { CallOptions } from './admin/admin-core.ts'
export type { ApiVersionRange, ClusterDescription, ClusterNode, DescribeClusterOptions } from './admin/cluster-admin.ts'
export type { ConfigEntry, ConfigSource, ConfigSynonym, ConfigType } from './admin/config-entry.ts'
export type {
  AlterConfigOp,
  AlterConfigsOptions,
  AlteredResource,
  ConfigResource,
  ConfigResourceType,
  DescribeConfigsOptions,
  DescribedResource,
  ListConfigResourcesOptions,
} from './admin/configs.ts'
export type {
  CreateDelegationTokenOptions,
  DelegationToken,
  DescribeDelegationTokenOptions,
  ExpireDelegationTokenOptions,
  KafkaPrincipal,
  RenewDelegationTokenOptions,
} from './admin/delegation-tokens.ts'
export type {
  DescribeTopicsOptions,
  TopicDescription,
  TopicPartitionDescription,
} from './admin/describe-topics.ts'
export type {
  DescribeFeaturesOptions,
  FeatureMetadata,
  FeatureUpdate,
  UpdateFeaturesOptions,
} from './admin/features.ts'
export type {
  ClassicGroupDescription,
  ClassicMemberDescription,
  ConsumerGroupDescription,
  Coordinator,
  DescribeGroupsOptions,
  MemberDescription,
} from './admin/group-description.ts'
export type { GroupListing, GroupState, GroupType, ListGroupsOptions } from './admin/group-listing.ts'
export type { MemberToRemove, RemoveMembersOptions } from './admin/group-members.ts'
export type {
  CommittedOffset,
  GroupOffsetsQuestion,
  ListConsumerGroupOffsetsOptions,
  NewOffset,
} from './admin/group-offsets.ts'
export { Itemized, type Outcome } from './admin/itemized.ts'
export type {
  LogDirDescription,
  ReplicaAssignment,
  ReplicaInfo,
  ReplicaLogDirInfo,
  TopicPartitionReplica,
} from './admin/log-dirs.ts'
export type { DeletedRecords, ListOffsetsOptions, RecordsToDelete } from './admin/offsets.ts'
export type { AclOperation } from './admin/operations.ts'
export type { DescribeProducersOptions, ProducerState } from './admin/producers.ts'
export type { QuorumInfo, QuorumReplica, RaftVoterEndpoint, RaftVoterOptions } from './admin/quorum.ts'
export type {
  AlterClientQuotasOptions,
  ClientQuota,
  ClientQuotaAlteration,
  ClientQuotaEntity,
  ClientQuotaFilter,
} from './admin/quotas.ts'
export { anyMatch } from './admin/quotas.ts'
export type { AlterReassignmentsOptions, ElectionType, PartitionReassignment, Reassignment } from './admin/replicas.ts'
export type { ScramCredentialAlteration, ScramCredentialInfo, UserScramCredentials } from './admin/scram-credentials.ts'
export type {
  NewShareOffset,
  ShareGroupDescription,
  ShareMemberDescription,
  SharePartitionOffset,
} from './admin/share-groups.ts'
export type {
  DescribeStreamsGroupsOptions,
  StreamsAssignment,
  StreamsGroupDescription,
  StreamsMemberDescription,
  StreamsSubtopology,
  StreamsTaskOffset,
  StreamsTasks,
  StreamsTopic,
} from './admin/streams-groups.ts'
export type {
  StreamsTopologyDescription,
  StreamsTopologyDescriptionStatus,
  StreamsTopologyNode,
} from './admin/streams-topology.ts'
export type {
  CreatedTopic,
  ListTopicsOptions,
  NewPartitions,
  NewTopic,
  QuotaOptions,
  TopicListing,
  TopicRef,
  ValidatedOptions,
} from './admin/topics.ts'
export type {
  AbortTransactionSpec,
  FencedProducer,
  ListTransactionsOptions,
  TransactionDescription,
  TransactionListing,
  TransactionState,
} from './admin/transactions.ts'
export { type AdminConfig, adminTable } from './config/admin-config.ts'
export { type ConsumerConfig, consumerTable } from './config/consumer-config.ts'
export { type ProducerConfig, producerTable } from './config/producer-config.ts'
export type { DeserializerSetting, ReadBy, SerializerSetting, WrittenBy } from './config/serde-settings.ts'
export type { SettingsOf, SettingValue } from './config/settings.ts'
export { type ShareConsumerConfig, shareConsumerTable } from './config/share-consumer-config.ts'
export type { Assignor, AssignorCluster, GroupMember, PartitionRacks } from './consumer/assignors/assignor.ts'
export type { GroupOffset } from './consumer/committed-offsets.ts'
export type {
  CloseOptions,
  Consumer,
  ConsumerOptions,
  ConsumerSettings,
} from './consumer/consumer.ts'
export type { ConsumerInterceptor } from './consumer/consumer-interceptor.ts'
export type { MemberAssignment, MemberSubscription } from './consumer/consumer-protocol.ts'
export type { Departure } from './consumer/group-link.ts'
export type { GroupMetadata, RebalanceListener } from './consumer/group-listener.ts'
export { createConsumer } from './consumer/kafka-consumer.ts'
export { type FoundOffset, type OffsetQuestion, offsetPlaces, type TopicPartition } from './consumer/offset-lookup.ts'
export type { Assignment } from './consumer/partition-set.ts'
export { type ConsumerRecord, lastHeader, type RecordChunk } from './consumer/record-chunk.ts'
export type { OnDeserializationError } from './consumer/record-decoder.ts'
export { RecordDeserializationError } from './consumer/record-deserialization-error.ts'
export { SubscriptionPattern, type Topics } from './consumer/subscription.ts'
export type { ClientChannels, ConnectionMessage, PartitionMessage, RequestMessage } from './diagnostics/channels.ts'
export { type ClientRole, checklistOf, clientRoles, diagnose, type Finding, rolesOf } from './doctor/doctor.ts'
export type { Gravity, Verdict } from './doctor/rule.ts'
export type {
  Generation,
  GroupDuties,
  GroupProtocol,
  JoinedMember,
  MembershipState,
} from './group/group-membership.ts'
export { type GroupOptions, type JoinedGroup, joinGroup } from './group/joined-group.ts'
export { type MemoryUse, memoryUseOf } from './memory-use.ts'
export type { BrokerInfo, PartitionInfo } from './metadata/metadata-cache.ts'
export { findMetric, type KafkaMetric, type MetricName } from './metrics/metrics.ts'
export {
  type Measured,
  type PrometheusOptions,
  prometheusContentType,
  prometheusText,
} from './metrics/prometheus.ts'
export type { ProducerInterceptor } from './producer/interceptor.ts'
export { createProducer } from './producer/kafka-producer.ts'
export { murmur2, partitionOfKey } from './producer/murmur2.ts'
export { type Partitioner, type PartitionQuestion, roundRobinPartitioner } from './producer/partitioner.ts'
export type { Producer, ProducerOptions, ProducerSettings } from './producer/producer.ts'
export type { Delivery, Payload, ProducerRecord, RecordMetadata } from './producer/record.ts'
export { AuthenticationError } from './security/authentication-error.ts'
export type { OAuthToken, OAuthTokenProvider } from './security/oauthbearer.ts'
export type { AcknowledgementOutcome, AcknowledgeType } from './share/acknowledgement.ts'
export type { ShareRecord } from './share/acquired-chunk.ts'
export type { ShareChunk } from './share/held-records.ts'
export { createShareConsumer } from './share/kafka-share-consumer.ts'
export type { HeldPlace, ShareConsumer, ShareConsumerOptions, ShareConsumerSettings } from './share/share-consumer.ts'
export type { ConsumerGroupMetadata, OffsetToCommit } from './transactions/transaction-coordinator.ts'
export { type Severity, TransactionError } from './transactions/transaction-error.ts'
export type { ClientWorld } from './world.ts'
