/**
 * An application that is typed with kafkajs's declarations compiles against ours, and the other way round: the compiler is the test. Each of these may be given where the
 * other is wanted.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import type * as theirs from 'kafkajs'
import * as ours from './index.ts'

/** Fails to compile unless `From` may be given where `To` is wanted. */
type Gives<From extends To, To> = From

export interface OursForTheirs {
  Acl: Gives<ours.Acl, theirs.Acl>
  AclEntry: Gives<ours.AclEntry, theirs.AclEntry>
  AclFilter: Gives<ours.AclFilter, theirs.AclFilter>
  AclOperationTypes: Gives<ours.AclOperationTypes, theirs.AclOperationTypes>
  AclPermissionTypes: Gives<ours.AclPermissionTypes, theirs.AclPermissionTypes>
  AclResource: Gives<ours.AclResource, theirs.AclResource>
  AclResourceTypes: Gives<ours.AclResourceTypes, theirs.AclResourceTypes>
  Admin: Gives<ours.Admin, theirs.Admin>
  AdminConfig: Gives<ours.AdminConfig, theirs.AdminConfig>
  AdminEvents: Gives<ours.AdminEvents, theirs.AdminEvents>
  ApiVersions: Gives<ours.ApiVersions, theirs.ApiVersions>
  Assigner: Gives<ours.Assigner, theirs.Assigner>
  Assignment: Gives<ours.Assignment, theirs.Assignment>
  AuthenticationProviderArgs: Gives<ours.AuthenticationProviderArgs, theirs.AuthenticationProviderArgs>
  Authenticator: Gives<ours.Authenticator, theirs.Authenticator>
  Batch: Gives<ours.Batch, theirs.Batch>
  Broker: Gives<ours.Broker, theirs.Broker>
  BrokerMetadata: Gives<ours.BrokerMetadata, theirs.BrokerMetadata>
  BrokersFunction: Gives<ours.BrokersFunction, theirs.BrokersFunction>
  Cluster: Gives<ours.Cluster, theirs.Cluster>
  CompressionTypes: Gives<ours.CompressionTypes, theirs.CompressionTypes>
  ConfigEntries: Gives<ours.ConfigEntries, theirs.ConfigEntries>
  ConfigResourceTypes: Gives<ours.ConfigResourceTypes, theirs.ConfigResourceTypes>
  ConfigSource: Gives<ours.ConfigSource, theirs.ConfigSource>
  ConfigSynonyms: Gives<ours.ConfigSynonyms, theirs.ConfigSynonyms>
  ConnectEvent: Gives<ours.ConnectEvent, theirs.ConnectEvent>
  Consumer: Gives<ours.Consumer, theirs.Consumer>
  ConsumerCommitOffsetsEvent: Gives<ours.ConsumerCommitOffsetsEvent, theirs.ConsumerCommitOffsetsEvent>
  ConsumerConfig: Gives<ours.ConsumerConfig, theirs.ConsumerConfig>
  ConsumerCrashEvent: Gives<ours.ConsumerCrashEvent, theirs.ConsumerCrashEvent>
  ConsumerEachBatchPayload: Gives<ours.ConsumerEachBatchPayload, theirs.ConsumerEachBatchPayload>
  ConsumerEachMessagePayload: Gives<ours.ConsumerEachMessagePayload, theirs.ConsumerEachMessagePayload>
  ConsumerEndBatchProcessEvent: Gives<ours.ConsumerEndBatchProcessEvent, theirs.ConsumerEndBatchProcessEvent>
  ConsumerEvents: Gives<ours.ConsumerEvents, theirs.ConsumerEvents>
  ConsumerFetchEvent: Gives<ours.ConsumerFetchEvent, theirs.ConsumerFetchEvent>
  ConsumerFetchStartEvent: Gives<ours.ConsumerFetchStartEvent, theirs.ConsumerFetchStartEvent>
  ConsumerGroup: Gives<ours.ConsumerGroup, theirs.ConsumerGroup>
  ConsumerGroupJoinEvent: Gives<ours.ConsumerGroupJoinEvent, theirs.ConsumerGroupJoinEvent>
  ConsumerGroupState: Gives<ours.ConsumerGroupState, theirs.ConsumerGroupState>
  ConsumerHeartbeatEvent: Gives<ours.ConsumerHeartbeatEvent, theirs.ConsumerHeartbeatEvent>
  ConsumerRebalancingEvent: Gives<ours.ConsumerRebalancingEvent, theirs.ConsumerRebalancingEvent>
  ConsumerReceivedUnsubcribedTopicsEvent: Gives<
    ours.ConsumerReceivedUnsubcribedTopicsEvent,
    theirs.ConsumerReceivedUnsubcribedTopicsEvent
  >
  ConsumerRunConfig: Gives<ours.ConsumerRunConfig, theirs.ConsumerRunConfig>
  ConsumerStartBatchProcessEvent: Gives<ours.ConsumerStartBatchProcessEvent, theirs.ConsumerStartBatchProcessEvent>
  ConsumerSubscribeTopic: Gives<ours.ConsumerSubscribeTopic, theirs.ConsumerSubscribeTopic>
  ConsumerSubscribeTopics: Gives<ours.ConsumerSubscribeTopics, theirs.ConsumerSubscribeTopics>
  CoordinatorMetadata: Gives<ours.CoordinatorMetadata, theirs.CoordinatorMetadata>
  DefaultPartitioner: Gives<ours.DefaultPartitioner, theirs.DefaultPartitioner>
  DeleteAclFilterResponses: Gives<ours.DeleteAclFilterResponses, theirs.DeleteAclFilterResponses>
  DeleteAclResponse: Gives<ours.DeleteAclResponse, theirs.DeleteAclResponse>
  DeleteGroupsResult: Gives<ours.DeleteGroupsResult, theirs.DeleteGroupsResult>
  DescribeAclResource: Gives<ours.DescribeAclResource, theirs.DescribeAclResource>
  DescribeAclResponse: Gives<ours.DescribeAclResponse, theirs.DescribeAclResponse>
  DescribeConfigResponse: Gives<ours.DescribeConfigResponse, theirs.DescribeConfigResponse>
  DisconnectEvent: Gives<ours.DisconnectEvent, theirs.DisconnectEvent>
  EachBatchHandler: Gives<ours.EachBatchHandler, theirs.EachBatchHandler>
  EachBatchPayload: Gives<ours.EachBatchPayload, theirs.EachBatchPayload>
  EachMessageHandler: Gives<ours.EachMessageHandler, theirs.EachMessageHandler>
  EachMessagePayload: Gives<ours.EachMessagePayload, theirs.EachMessagePayload>
  FetchOffsetsPartition: Gives<ours.FetchOffsetsPartition, theirs.FetchOffsetsPartition>
  GroupDescription: Gives<ours.GroupDescription, theirs.GroupDescription>
  GroupDescriptions: Gives<ours.GroupDescriptions, theirs.GroupDescriptions>
  GroupMember: Gives<ours.GroupMember, theirs.GroupMember>
  GroupMemberAssignment: Gives<ours.GroupMemberAssignment, theirs.GroupMemberAssignment>
  GroupOverview: Gives<ours.GroupOverview, theirs.GroupOverview>
  GroupState: Gives<ours.GroupState, theirs.GroupState>
  ICustomPartitioner: Gives<ours.ICustomPartitioner, theirs.ICustomPartitioner>
  IHeaders: Gives<ours.IHeaders, theirs.IHeaders>
  IMemberAssignment: Gives<ours.IMemberAssignment, theirs.IMemberAssignment>
  IResourceConfig: Gives<ours.IResourceConfig, theirs.IResourceConfig>
  IResourceConfigEntry: Gives<ours.IResourceConfigEntry, theirs.IResourceConfigEntry>
  ISocketFactory: Gives<ours.ISocketFactory, theirs.ISocketFactory>
  ISocketFactoryArgs: Gives<ours.ISocketFactoryArgs, theirs.ISocketFactoryArgs>
  ITopicConfig: Gives<ours.ITopicConfig, theirs.ITopicConfig>
  ITopicMetadata: Gives<ours.ITopicMetadata, theirs.ITopicMetadata>
  ITopicPartitionConfig: Gives<ours.ITopicPartitionConfig, theirs.ITopicPartitionConfig>
  Kafka: Gives<ours.Kafka, theirs.Kafka>
  KafkaConfig: Gives<ours.KafkaConfig, theirs.KafkaConfig>
  KafkaJSAggregateError: Gives<ours.KafkaJSAggregateError, theirs.KafkaJSAggregateError>
  KafkaJSAlterPartitionReassignmentsError: Gives<
    ours.KafkaJSAlterPartitionReassignmentsError,
    theirs.KafkaJSAlterPartitionReassignmentsError
  >
  KafkaJSBrokerNotFound: Gives<ours.KafkaJSBrokerNotFound, theirs.KafkaJSBrokerNotFound>
  KafkaJSConnectionError: Gives<ours.KafkaJSConnectionError, theirs.KafkaJSConnectionError>
  KafkaJSConnectionErrorMetadata: Gives<ours.KafkaJSConnectionErrorMetadata, theirs.KafkaJSConnectionErrorMetadata>
  KafkaJSDeleteGroupsError: Gives<ours.KafkaJSDeleteGroupsError, theirs.KafkaJSDeleteGroupsError>
  KafkaJSDeleteGroupsErrorGroups: Gives<ours.KafkaJSDeleteGroupsErrorGroups, theirs.KafkaJSDeleteGroupsErrorGroups>
  KafkaJSDeleteTopicRecordsError: Gives<ours.KafkaJSDeleteTopicRecordsError, theirs.KafkaJSDeleteTopicRecordsError>
  KafkaJSDeleteTopicRecordsErrorPartition: Gives<
    ours.KafkaJSDeleteTopicRecordsErrorPartition,
    theirs.KafkaJSDeleteTopicRecordsErrorPartition
  >
  KafkaJSDeleteTopicRecordsErrorTopic: Gives<
    ours.KafkaJSDeleteTopicRecordsErrorTopic,
    theirs.KafkaJSDeleteTopicRecordsErrorTopic
  >
  KafkaJSError: Gives<ours.KafkaJSError, theirs.KafkaJSError>
  KafkaJSErrorMetadata: Gives<ours.KafkaJSErrorMetadata, theirs.KafkaJSErrorMetadata>
  KafkaJSGroupCoordinatorNotFound: Gives<ours.KafkaJSGroupCoordinatorNotFound, theirs.KafkaJSGroupCoordinatorNotFound>
  KafkaJSLockTimeout: Gives<ours.KafkaJSLockTimeout, theirs.KafkaJSLockTimeout>
  KafkaJSMetadataNotLoaded: Gives<ours.KafkaJSMetadataNotLoaded, theirs.KafkaJSMetadataNotLoaded>
  KafkaJSNonRetriableError: Gives<ours.KafkaJSNonRetriableError, theirs.KafkaJSNonRetriableError>
  KafkaJSNotImplemented: Gives<ours.KafkaJSNotImplemented, theirs.KafkaJSNotImplemented>
  KafkaJSNumberOfRetriesExceeded: Gives<ours.KafkaJSNumberOfRetriesExceeded, theirs.KafkaJSNumberOfRetriesExceeded>
  KafkaJSNumberOfRetriesExceededMetadata: Gives<
    ours.KafkaJSNumberOfRetriesExceededMetadata,
    theirs.KafkaJSNumberOfRetriesExceededMetadata
  >
  KafkaJSOffsetOutOfRange: Gives<ours.KafkaJSOffsetOutOfRange, theirs.KafkaJSOffsetOutOfRange>
  KafkaJSOffsetOutOfRangeMetadata: Gives<ours.KafkaJSOffsetOutOfRangeMetadata, theirs.KafkaJSOffsetOutOfRangeMetadata>
  KafkaJSPartialMessageError: Gives<ours.KafkaJSPartialMessageError, theirs.KafkaJSPartialMessageError>
  KafkaJSProtocolError: Gives<ours.KafkaJSProtocolError, theirs.KafkaJSProtocolError>
  KafkaJSRequestTimeoutError: Gives<ours.KafkaJSRequestTimeoutError, theirs.KafkaJSRequestTimeoutError>
  KafkaJSRequestTimeoutErrorMetadata: Gives<
    ours.KafkaJSRequestTimeoutErrorMetadata,
    theirs.KafkaJSRequestTimeoutErrorMetadata
  >
  KafkaJSSASLAuthenticationError: Gives<ours.KafkaJSSASLAuthenticationError, theirs.KafkaJSSASLAuthenticationError>
  KafkaJSServerDoesNotSupportApiKey: Gives<
    ours.KafkaJSServerDoesNotSupportApiKey,
    theirs.KafkaJSServerDoesNotSupportApiKey
  >
  KafkaJSServerDoesNotSupportApiKeyMetadata: Gives<
    ours.KafkaJSServerDoesNotSupportApiKeyMetadata,
    theirs.KafkaJSServerDoesNotSupportApiKeyMetadata
  >
  KafkaJSStaleTopicMetadataAssignment: Gives<
    ours.KafkaJSStaleTopicMetadataAssignment,
    theirs.KafkaJSStaleTopicMetadataAssignment
  >
  KafkaJSStaleTopicMetadataAssignmentMetadata: Gives<
    ours.KafkaJSStaleTopicMetadataAssignmentMetadata,
    theirs.KafkaJSStaleTopicMetadataAssignmentMetadata
  >
  KafkaJSTimeout: Gives<ours.KafkaJSTimeout, theirs.KafkaJSTimeout>
  KafkaJSTopicMetadataNotLoaded: Gives<ours.KafkaJSTopicMetadataNotLoaded, theirs.KafkaJSTopicMetadataNotLoaded>
  KafkaJSTopicMetadataNotLoadedMetadata: Gives<
    ours.KafkaJSTopicMetadataNotLoadedMetadata,
    theirs.KafkaJSTopicMetadataNotLoadedMetadata
  >
  KafkaJSUnsupportedMagicByteInMessageSet: Gives<
    ours.KafkaJSUnsupportedMagicByteInMessageSet,
    theirs.KafkaJSUnsupportedMagicByteInMessageSet
  >
  KafkaMessage: Gives<ours.KafkaMessage, theirs.KafkaMessage>
  LegacyPartitioner: Gives<ours.LegacyPartitioner, theirs.LegacyPartitioner>
  ListPartitionReassignmentsResponse: Gives<
    ours.ListPartitionReassignmentsResponse,
    theirs.ListPartitionReassignmentsResponse
  >
  LogEntry: Gives<ours.LogEntry, theirs.LogEntry>
  Logger: Gives<ours.Logger, theirs.Logger>
  LoggerEntryContent: Gives<ours.LoggerEntryContent, theirs.LoggerEntryContent>
  MatchingAcl: Gives<ours.MatchingAcl, theirs.MatchingAcl>
  Mechanism: Gives<ours.Mechanism, theirs.Mechanism>
  MemberAssignment: Gives<ours.MemberAssignment, theirs.MemberAssignment>
  MemberDescription: Gives<ours.MemberDescription, theirs.MemberDescription>
  MemberMetadata: Gives<ours.MemberMetadata, theirs.MemberMetadata>
  Message: Gives<ours.Message, theirs.Message>
  OauthbearerProviderResponse: Gives<ours.OauthbearerProviderResponse, theirs.OauthbearerProviderResponse>
  Offsets: Gives<ours.Offsets, theirs.Offsets>
  OffsetsByTopicPartition: Gives<ours.OffsetsByTopicPartition, theirs.OffsetsByTopicPartition>
  OngoingPartitionReassignment: Gives<ours.OngoingPartitionReassignment, theirs.OngoingPartitionReassignment>
  OngoingTopicReassignment: Gives<ours.OngoingTopicReassignment, theirs.OngoingTopicReassignment>
  PartitionAssigner: Gives<ours.PartitionAssigner, theirs.PartitionAssigner>
  PartitionMetadata: Gives<ours.PartitionMetadata, theirs.PartitionMetadata>
  PartitionOffset: Gives<ours.PartitionOffset, theirs.PartitionOffset>
  PartitionReassignment: Gives<ours.PartitionReassignment, theirs.PartitionReassignment>
  PartitionerArgs: Gives<ours.PartitionerArgs, theirs.PartitionerArgs>
  Producer: Gives<ours.Producer, theirs.Producer>
  ProducerBatch: Gives<ours.ProducerBatch, theirs.ProducerBatch>
  ProducerConfig: Gives<ours.ProducerConfig, theirs.ProducerConfig>
  ProducerEvents: Gives<ours.ProducerEvents, theirs.ProducerEvents>
  ProducerRecord: Gives<ours.ProducerRecord, theirs.ProducerRecord>
  RecordMetadata: Gives<ours.RecordMetadata, theirs.RecordMetadata>
  ReplicaAssignment: Gives<ours.ReplicaAssignment, theirs.ReplicaAssignment>
  RequestEvent: Gives<ours.RequestEvent, theirs.RequestEvent>
  RequestQueueSizeEvent: Gives<ours.RequestQueueSizeEvent, theirs.RequestQueueSizeEvent>
  RequestTimeoutEvent: Gives<ours.RequestTimeoutEvent, theirs.RequestTimeoutEvent>
  ResourceConfigQuery: Gives<ours.ResourceConfigQuery, theirs.ResourceConfigQuery>
  ResourcePatternTypes: Gives<ours.ResourcePatternTypes, theirs.ResourcePatternTypes>
  RetryOptions: Gives<ours.RetryOptions, theirs.RetryOptions>
  SASLMechanism: Gives<ours.SASLMechanism, theirs.SASLMechanism>
  SASLOptions: Gives<ours.SASLOptions, theirs.SASLOptions>
  SeekEntry: Gives<ours.SeekEntry, theirs.SeekEntry>
  TopicMessages: Gives<ours.TopicMessages, theirs.TopicMessages>
  TopicOffsets: Gives<ours.TopicOffsets, theirs.TopicOffsets>
  TopicPartition: Gives<ours.TopicPartition, theirs.TopicPartition>
  TopicPartitionOffset: Gives<ours.TopicPartitionOffset, theirs.TopicPartitionOffset>
  TopicPartitionOffsetAndMetadata: Gives<ours.TopicPartitionOffsetAndMetadata, theirs.TopicPartitionOffsetAndMetadata>
  TopicPartitions: Gives<ours.TopicPartitions, theirs.TopicPartitions>
  Transaction: Gives<ours.Transaction, theirs.Transaction>
  logCreator: Gives<ours.logCreator, theirs.logCreator>
  logLevel: Gives<ours.logLevel, theirs.logLevel>
}

export interface TheirsForOurs {
  Acl: Gives<theirs.Acl, ours.Acl>
  AclEntry: Gives<theirs.AclEntry, ours.AclEntry>
  AclFilter: Gives<theirs.AclFilter, ours.AclFilter>
  AclOperationTypes: Gives<theirs.AclOperationTypes, ours.AclOperationTypes>
  AclPermissionTypes: Gives<theirs.AclPermissionTypes, ours.AclPermissionTypes>
  AclResource: Gives<theirs.AclResource, ours.AclResource>
  AclResourceTypes: Gives<theirs.AclResourceTypes, ours.AclResourceTypes>
  Admin: Gives<theirs.Admin, ours.Admin>
  AdminConfig: Gives<theirs.AdminConfig, ours.AdminConfig>
  AdminEvents: Gives<theirs.AdminEvents, ours.AdminEvents>
  ApiVersions: Gives<theirs.ApiVersions, ours.ApiVersions>
  Assigner: Gives<theirs.Assigner, ours.Assigner>
  Assignment: Gives<theirs.Assignment, ours.Assignment>
  AuthenticationProviderArgs: Gives<theirs.AuthenticationProviderArgs, ours.AuthenticationProviderArgs>
  Authenticator: Gives<theirs.Authenticator, ours.Authenticator>
  Batch: Gives<theirs.Batch, ours.Batch>
  Broker: Gives<theirs.Broker, ours.Broker>
  BrokerMetadata: Gives<theirs.BrokerMetadata, ours.BrokerMetadata>
  BrokersFunction: Gives<theirs.BrokersFunction, ours.BrokersFunction>
  Cluster: Gives<theirs.Cluster, ours.Cluster>
  CompressionTypes: Gives<theirs.CompressionTypes, ours.CompressionTypes>
  ConfigEntries: Gives<theirs.ConfigEntries, ours.ConfigEntries>
  ConfigResourceTypes: Gives<theirs.ConfigResourceTypes, ours.ConfigResourceTypes>
  ConfigSource: Gives<theirs.ConfigSource, ours.ConfigSource>
  ConfigSynonyms: Gives<theirs.ConfigSynonyms, ours.ConfigSynonyms>
  ConnectEvent: Gives<theirs.ConnectEvent, ours.ConnectEvent>
  Consumer: Gives<theirs.Consumer, ours.Consumer>
  ConsumerCommitOffsetsEvent: Gives<theirs.ConsumerCommitOffsetsEvent, ours.ConsumerCommitOffsetsEvent>
  ConsumerConfig: Gives<theirs.ConsumerConfig, ours.ConsumerConfig>
  ConsumerCrashEvent: Gives<theirs.ConsumerCrashEvent, ours.ConsumerCrashEvent>
  ConsumerEachBatchPayload: Gives<theirs.ConsumerEachBatchPayload, ours.ConsumerEachBatchPayload>
  ConsumerEachMessagePayload: Gives<theirs.ConsumerEachMessagePayload, ours.ConsumerEachMessagePayload>
  ConsumerEndBatchProcessEvent: Gives<theirs.ConsumerEndBatchProcessEvent, ours.ConsumerEndBatchProcessEvent>
  ConsumerEvents: Gives<theirs.ConsumerEvents, ours.ConsumerEvents>
  ConsumerFetchEvent: Gives<theirs.ConsumerFetchEvent, ours.ConsumerFetchEvent>
  ConsumerFetchStartEvent: Gives<theirs.ConsumerFetchStartEvent, ours.ConsumerFetchStartEvent>
  ConsumerGroup: Gives<theirs.ConsumerGroup, ours.ConsumerGroup>
  ConsumerGroupJoinEvent: Gives<theirs.ConsumerGroupJoinEvent, ours.ConsumerGroupJoinEvent>
  ConsumerGroupState: Gives<theirs.ConsumerGroupState, ours.ConsumerGroupState>
  ConsumerHeartbeatEvent: Gives<theirs.ConsumerHeartbeatEvent, ours.ConsumerHeartbeatEvent>
  ConsumerRebalancingEvent: Gives<theirs.ConsumerRebalancingEvent, ours.ConsumerRebalancingEvent>
  ConsumerReceivedUnsubcribedTopicsEvent: Gives<
    theirs.ConsumerReceivedUnsubcribedTopicsEvent,
    ours.ConsumerReceivedUnsubcribedTopicsEvent
  >
  ConsumerRunConfig: Gives<theirs.ConsumerRunConfig, ours.ConsumerRunConfig>
  ConsumerStartBatchProcessEvent: Gives<theirs.ConsumerStartBatchProcessEvent, ours.ConsumerStartBatchProcessEvent>
  ConsumerSubscribeTopic: Gives<theirs.ConsumerSubscribeTopic, ours.ConsumerSubscribeTopic>
  ConsumerSubscribeTopics: Gives<theirs.ConsumerSubscribeTopics, ours.ConsumerSubscribeTopics>
  CoordinatorMetadata: Gives<theirs.CoordinatorMetadata, ours.CoordinatorMetadata>
  DefaultPartitioner: Gives<theirs.DefaultPartitioner, ours.DefaultPartitioner>
  DeleteAclFilterResponses: Gives<theirs.DeleteAclFilterResponses, ours.DeleteAclFilterResponses>
  DeleteAclResponse: Gives<theirs.DeleteAclResponse, ours.DeleteAclResponse>
  DeleteGroupsResult: Gives<theirs.DeleteGroupsResult, ours.DeleteGroupsResult>
  DescribeAclResource: Gives<theirs.DescribeAclResource, ours.DescribeAclResource>
  DescribeAclResponse: Gives<theirs.DescribeAclResponse, ours.DescribeAclResponse>
  DescribeConfigResponse: Gives<theirs.DescribeConfigResponse, ours.DescribeConfigResponse>
  DisconnectEvent: Gives<theirs.DisconnectEvent, ours.DisconnectEvent>
  EachBatchHandler: Gives<theirs.EachBatchHandler, ours.EachBatchHandler>
  EachBatchPayload: Gives<theirs.EachBatchPayload, ours.EachBatchPayload>
  EachMessageHandler: Gives<theirs.EachMessageHandler, ours.EachMessageHandler>
  EachMessagePayload: Gives<theirs.EachMessagePayload, ours.EachMessagePayload>
  FetchOffsetsPartition: Gives<theirs.FetchOffsetsPartition, ours.FetchOffsetsPartition>
  GroupDescription: Gives<theirs.GroupDescription, ours.GroupDescription>
  GroupDescriptions: Gives<theirs.GroupDescriptions, ours.GroupDescriptions>
  GroupMember: Gives<theirs.GroupMember, ours.GroupMember>
  GroupMemberAssignment: Gives<theirs.GroupMemberAssignment, ours.GroupMemberAssignment>
  GroupOverview: Gives<theirs.GroupOverview, ours.GroupOverview>
  GroupState: Gives<theirs.GroupState, ours.GroupState>
  ICustomPartitioner: Gives<theirs.ICustomPartitioner, ours.ICustomPartitioner>
  IHeaders: Gives<theirs.IHeaders, ours.IHeaders>
  IMemberAssignment: Gives<theirs.IMemberAssignment, ours.IMemberAssignment>
  IResourceConfig: Gives<theirs.IResourceConfig, ours.IResourceConfig>
  IResourceConfigEntry: Gives<theirs.IResourceConfigEntry, ours.IResourceConfigEntry>
  ISocketFactory: Gives<theirs.ISocketFactory, ours.ISocketFactory>
  ISocketFactoryArgs: Gives<theirs.ISocketFactoryArgs, ours.ISocketFactoryArgs>
  ITopicConfig: Gives<theirs.ITopicConfig, ours.ITopicConfig>
  ITopicMetadata: Gives<theirs.ITopicMetadata, ours.ITopicMetadata>
  ITopicPartitionConfig: Gives<theirs.ITopicPartitionConfig, ours.ITopicPartitionConfig>
  Kafka: Gives<theirs.Kafka, ours.Kafka>
  KafkaConfig: Gives<theirs.KafkaConfig, ours.KafkaConfig>
  KafkaJSAggregateError: Gives<theirs.KafkaJSAggregateError, ours.KafkaJSAggregateError>
  KafkaJSAlterPartitionReassignmentsError: Gives<
    theirs.KafkaJSAlterPartitionReassignmentsError,
    ours.KafkaJSAlterPartitionReassignmentsError
  >
  KafkaJSBrokerNotFound: Gives<theirs.KafkaJSBrokerNotFound, ours.KafkaJSBrokerNotFound>
  KafkaJSConnectionError: Gives<theirs.KafkaJSConnectionError, ours.KafkaJSConnectionError>
  KafkaJSConnectionErrorMetadata: Gives<theirs.KafkaJSConnectionErrorMetadata, ours.KafkaJSConnectionErrorMetadata>
  KafkaJSDeleteGroupsError: Gives<theirs.KafkaJSDeleteGroupsError, ours.KafkaJSDeleteGroupsError>
  KafkaJSDeleteGroupsErrorGroups: Gives<theirs.KafkaJSDeleteGroupsErrorGroups, ours.KafkaJSDeleteGroupsErrorGroups>
  // KafkaJSDeleteTopicRecordsError has `partitions`, which kafkajs forgets to declare.
  KafkaJSDeleteTopicRecordsErrorPartition: Gives<
    theirs.KafkaJSDeleteTopicRecordsErrorPartition,
    ours.KafkaJSDeleteTopicRecordsErrorPartition
  >
  KafkaJSDeleteTopicRecordsErrorTopic: Gives<
    theirs.KafkaJSDeleteTopicRecordsErrorTopic,
    ours.KafkaJSDeleteTopicRecordsErrorTopic
  >
  KafkaJSError: Gives<theirs.KafkaJSError, ours.KafkaJSError>
  KafkaJSErrorMetadata: Gives<theirs.KafkaJSErrorMetadata, ours.KafkaJSErrorMetadata>
  KafkaJSGroupCoordinatorNotFound: Gives<theirs.KafkaJSGroupCoordinatorNotFound, ours.KafkaJSGroupCoordinatorNotFound>
  KafkaJSLockTimeout: Gives<theirs.KafkaJSLockTimeout, ours.KafkaJSLockTimeout>
  KafkaJSMetadataNotLoaded: Gives<theirs.KafkaJSMetadataNotLoaded, ours.KafkaJSMetadataNotLoaded>
  KafkaJSNonRetriableError: Gives<theirs.KafkaJSNonRetriableError, ours.KafkaJSNonRetriableError>
  KafkaJSNotImplemented: Gives<theirs.KafkaJSNotImplemented, ours.KafkaJSNotImplemented>
  KafkaJSNumberOfRetriesExceeded: Gives<theirs.KafkaJSNumberOfRetriesExceeded, ours.KafkaJSNumberOfRetriesExceeded>
  KafkaJSNumberOfRetriesExceededMetadata: Gives<
    theirs.KafkaJSNumberOfRetriesExceededMetadata,
    ours.KafkaJSNumberOfRetriesExceededMetadata
  >
  KafkaJSOffsetOutOfRange: Gives<theirs.KafkaJSOffsetOutOfRange, ours.KafkaJSOffsetOutOfRange>
  KafkaJSOffsetOutOfRangeMetadata: Gives<theirs.KafkaJSOffsetOutOfRangeMetadata, ours.KafkaJSOffsetOutOfRangeMetadata>
  KafkaJSPartialMessageError: Gives<theirs.KafkaJSPartialMessageError, ours.KafkaJSPartialMessageError>
  KafkaJSProtocolError: Gives<theirs.KafkaJSProtocolError, ours.KafkaJSProtocolError>
  KafkaJSRequestTimeoutError: Gives<theirs.KafkaJSRequestTimeoutError, ours.KafkaJSRequestTimeoutError>
  KafkaJSRequestTimeoutErrorMetadata: Gives<
    theirs.KafkaJSRequestTimeoutErrorMetadata,
    ours.KafkaJSRequestTimeoutErrorMetadata
  >
  KafkaJSSASLAuthenticationError: Gives<theirs.KafkaJSSASLAuthenticationError, ours.KafkaJSSASLAuthenticationError>
  KafkaJSServerDoesNotSupportApiKey: Gives<
    theirs.KafkaJSServerDoesNotSupportApiKey,
    ours.KafkaJSServerDoesNotSupportApiKey
  >
  KafkaJSServerDoesNotSupportApiKeyMetadata: Gives<
    theirs.KafkaJSServerDoesNotSupportApiKeyMetadata,
    ours.KafkaJSServerDoesNotSupportApiKeyMetadata
  >
  KafkaJSStaleTopicMetadataAssignment: Gives<
    theirs.KafkaJSStaleTopicMetadataAssignment,
    ours.KafkaJSStaleTopicMetadataAssignment
  >
  KafkaJSStaleTopicMetadataAssignmentMetadata: Gives<
    theirs.KafkaJSStaleTopicMetadataAssignmentMetadata,
    ours.KafkaJSStaleTopicMetadataAssignmentMetadata
  >
  KafkaJSTimeout: Gives<theirs.KafkaJSTimeout, ours.KafkaJSTimeout>
  KafkaJSTopicMetadataNotLoaded: Gives<theirs.KafkaJSTopicMetadataNotLoaded, ours.KafkaJSTopicMetadataNotLoaded>
  KafkaJSTopicMetadataNotLoadedMetadata: Gives<
    theirs.KafkaJSTopicMetadataNotLoadedMetadata,
    ours.KafkaJSTopicMetadataNotLoadedMetadata
  >
  KafkaJSUnsupportedMagicByteInMessageSet: Gives<
    theirs.KafkaJSUnsupportedMagicByteInMessageSet,
    ours.KafkaJSUnsupportedMagicByteInMessageSet
  >
  KafkaMessage: Gives<theirs.KafkaMessage, ours.KafkaMessage>
  LegacyPartitioner: Gives<theirs.LegacyPartitioner, ours.LegacyPartitioner>
  ListPartitionReassignmentsResponse: Gives<
    theirs.ListPartitionReassignmentsResponse,
    ours.ListPartitionReassignmentsResponse
  >
  LogEntry: Gives<theirs.LogEntry, ours.LogEntry>
  Logger: Gives<theirs.Logger, ours.Logger>
  LoggerEntryContent: Gives<theirs.LoggerEntryContent, ours.LoggerEntryContent>
  MatchingAcl: Gives<theirs.MatchingAcl, ours.MatchingAcl>
  Mechanism: Gives<theirs.Mechanism, ours.Mechanism>
  MemberAssignment: Gives<theirs.MemberAssignment, ours.MemberAssignment>
  MemberDescription: Gives<theirs.MemberDescription, ours.MemberDescription>
  MemberMetadata: Gives<theirs.MemberMetadata, ours.MemberMetadata>
  Message: Gives<theirs.Message, ours.Message>
  OauthbearerProviderResponse: Gives<theirs.OauthbearerProviderResponse, ours.OauthbearerProviderResponse>
  Offsets: Gives<theirs.Offsets, ours.Offsets>
  OffsetsByTopicPartition: Gives<theirs.OffsetsByTopicPartition, ours.OffsetsByTopicPartition>
  OngoingPartitionReassignment: Gives<theirs.OngoingPartitionReassignment, ours.OngoingPartitionReassignment>
  OngoingTopicReassignment: Gives<theirs.OngoingTopicReassignment, ours.OngoingTopicReassignment>
  PartitionAssigner: Gives<theirs.PartitionAssigner, ours.PartitionAssigner>
  PartitionMetadata: Gives<theirs.PartitionMetadata, ours.PartitionMetadata>
  PartitionOffset: Gives<theirs.PartitionOffset, ours.PartitionOffset>
  PartitionReassignment: Gives<theirs.PartitionReassignment, ours.PartitionReassignment>
  PartitionerArgs: Gives<theirs.PartitionerArgs, ours.PartitionerArgs>
  Producer: Gives<theirs.Producer, ours.Producer>
  ProducerBatch: Gives<theirs.ProducerBatch, ours.ProducerBatch>
  ProducerConfig: Gives<theirs.ProducerConfig, ours.ProducerConfig>
  ProducerEvents: Gives<theirs.ProducerEvents, ours.ProducerEvents>
  ProducerRecord: Gives<theirs.ProducerRecord, ours.ProducerRecord>
  RecordMetadata: Gives<theirs.RecordMetadata, ours.RecordMetadata>
  ReplicaAssignment: Gives<theirs.ReplicaAssignment, ours.ReplicaAssignment>
  RequestEvent: Gives<theirs.RequestEvent, ours.RequestEvent>
  RequestQueueSizeEvent: Gives<theirs.RequestQueueSizeEvent, ours.RequestQueueSizeEvent>
  RequestTimeoutEvent: Gives<theirs.RequestTimeoutEvent, ours.RequestTimeoutEvent>
  ResourceConfigQuery: Gives<theirs.ResourceConfigQuery, ours.ResourceConfigQuery>
  ResourcePatternTypes: Gives<theirs.ResourcePatternTypes, ours.ResourcePatternTypes>
  RetryOptions: Gives<theirs.RetryOptions, ours.RetryOptions>
  SASLMechanism: Gives<theirs.SASLMechanism, ours.SASLMechanism>
  SASLOptions: Gives<theirs.SASLOptions, ours.SASLOptions>
  SeekEntry: Gives<theirs.SeekEntry, ours.SeekEntry>
  TopicMessages: Gives<theirs.TopicMessages, ours.TopicMessages>
  TopicOffsets: Gives<theirs.TopicOffsets, ours.TopicOffsets>
  TopicPartition: Gives<theirs.TopicPartition, ours.TopicPartition>
  TopicPartitionOffset: Gives<theirs.TopicPartitionOffset, ours.TopicPartitionOffset>
  TopicPartitionOffsetAndMetadata: Gives<theirs.TopicPartitionOffsetAndMetadata, ours.TopicPartitionOffsetAndMetadata>
  TopicPartitions: Gives<theirs.TopicPartitions, ours.TopicPartitions>
  Transaction: Gives<theirs.Transaction, ours.Transaction>
  logCreator: Gives<theirs.logCreator, ours.logCreator>
  logLevel: Gives<theirs.logLevel, ours.logLevel>
}

/** Node sees only some names of a module of the old kind. */
const kafkajs: Record<string, unknown> = createRequire(import.meta.url)('kafkajs')

test('everything that kafkajs exports is here, and its numbers are the same', () => {
  const mine: Record<string, unknown> = { ...ours }
  for (const [name, value] of Object.entries(kafkajs)) {
    assert.equal(typeof mine[name], typeof value, name)
    if (typeof value !== 'object' || value === null) continue
    assert.deepEqual(Object.keys(mine[name] as object).sort(), Object.keys(value).sort(), name)
    for (const [key, number] of Object.entries(value)) {
      if (typeof number === 'number')
        assert.equal((mine[name] as Record<string, unknown>)[key], number, `${name}.${key}`)
    }
  }
})

test('errors have the names and the judgement of those of kafkajs', () => {
  type Made = { name: string; retriable?: boolean; message: string }
  type Maker = new (reason: unknown, metadata: unknown) => Made
  const reason = { name: 'Error', message: 'it failed', type: 'SOME_ERROR', code: 7, retriable: false }
  const metadata = { partitions: [], topic: 'orders', partition: 0, memberId: 'm', retryCount: 1, retryTime: 2 }
  const firsts: Record<string, unknown> = {
    KafkaJSDeleteTopicRecordsError: metadata,
    KafkaJSAggregateError: 'it failed',
  }
  const classes = Object.entries(kafkajs as Record<string, Maker>).filter(([name]) => name.startsWith('KafkaJS'))
  assert.ok(classes.length > 25)
  for (const [name, Theirs] of classes) {
    const Ours = (ours as unknown as Record<string, Maker>)[name]!
    const first = firsts[name] ?? reason
    const [their, our] = [new Theirs(first, metadata), new Ours(first, metadata)]
    assert.deepEqual([our.name, our.retriable, our.message], [their.name, their.retriable, their.message], name)
  }
})
