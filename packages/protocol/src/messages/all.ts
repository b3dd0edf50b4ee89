import type { MessageTable } from '../table/index.ts'
import { abortTransactionRecord } from './abort-transaction-record.ts'
import { abortedTxn } from './aborted-txn.ts'
import { accessControlEntryRecord } from './access-control-entry-record.ts'
import { addOffsetsToTxnRequest } from './add-offsets-to-txn-request.ts'
import { addOffsetsToTxnResponse } from './add-offsets-to-txn-response.ts'
import { addPartitionsToTxnRequest } from './add-partitions-to-txn-request.ts'
import { addPartitionsToTxnResponse } from './add-partitions-to-txn-response.ts'
import { addRaftVoterRequest } from './add-raft-voter-request.ts'
import { addRaftVoterResponse } from './add-raft-voter-response.ts'
import { allocateProducerIdsRequest } from './allocate-producer-ids-request.ts'
import { allocateProducerIdsResponse } from './allocate-producer-ids-response.ts'
import { alterClientQuotasRequest } from './alter-client-quotas-request.ts'
import { alterClientQuotasResponse } from './alter-client-quotas-response.ts'
import { alterConfigsRequest } from './alter-configs-request.ts'
import { alterConfigsResponse } from './alter-configs-response.ts'
import { alterPartitionReassignmentsRequest } from './alter-partition-reassignments-request.ts'
import { alterPartitionReassignmentsResponse } from './alter-partition-reassignments-response.ts'
import { alterPartitionRequest } from './alter-partition-request.ts'
import { alterPartitionResponse } from './alter-partition-response.ts'
import { alterReplicaLogDirsRequest } from './alter-replica-log-dirs-request.ts'
import { alterReplicaLogDirsResponse } from './alter-replica-log-dirs-response.ts'
import { alterShareGroupOffsetsRequest } from './alter-share-group-offsets-request.ts'
import { alterShareGroupOffsetsResponse } from './alter-share-group-offsets-response.ts'
import { alterUserScramCredentialsRequest } from './alter-user-scram-credentials-request.ts'
import { alterUserScramCredentialsResponse } from './alter-user-scram-credentials-response.ts'
import { apiVersionsRequest } from './api-versions-request.ts'
import { apiVersionsResponse } from './api-versions-response.ts'
import { assignReplicasToDirsRequest } from './assign-replicas-to-dirs-request.ts'
import { assignReplicasToDirsResponse } from './assign-replicas-to-dirs-response.ts'
import { beginQuorumEpochRequest } from './begin-quorum-epoch-request.ts'
import { beginQuorumEpochResponse } from './begin-quorum-epoch-response.ts'
import { beginTransactionRecord } from './begin-transaction-record.ts'
import { brokerHeartbeatRequest } from './broker-heartbeat-request.ts'
import { brokerHeartbeatResponse } from './broker-heartbeat-response.ts'
import { brokerRegistrationChangeRecord } from './broker-registration-change-record.ts'
import { brokerRegistrationRequest } from './broker-registration-request.ts'
import { brokerRegistrationResponse } from './broker-registration-response.ts'
import { clearElrRecord } from './clear-elr-record.ts'
import { clientQuotaRecord } from './client-quota-record.ts'
import { configRecord } from './config-record.ts'
import { consumerGroupCurrentMemberAssignmentKey } from './consumer-group-current-member-assignment-key.ts'
import { consumerGroupCurrentMemberAssignmentValue } from './consumer-group-current-member-assignment-value.ts'
import { consumerGroupDescribeRequest } from './consumer-group-describe-request.ts'
import { consumerGroupDescribeResponse } from './consumer-group-describe-response.ts'
import { consumerGroupHeartbeatRequest } from './consumer-group-heartbeat-request.ts'
import { consumerGroupHeartbeatResponse } from './consumer-group-heartbeat-response.ts'
import { consumerGroupMemberMetadataKey } from './consumer-group-member-metadata-key.ts'
import { consumerGroupMemberMetadataValue } from './consumer-group-member-metadata-value.ts'
import { consumerGroupMetadataKey } from './consumer-group-metadata-key.ts'
import { consumerGroupMetadataValue } from './consumer-group-metadata-value.ts'
import { consumerGroupPartitionMetadataKey } from './consumer-group-partition-metadata-key.ts'
import { consumerGroupPartitionMetadataValue } from './consumer-group-partition-metadata-value.ts'
import { consumerGroupRegularExpressionKey } from './consumer-group-regular-expression-key.ts'
import { consumerGroupRegularExpressionValue } from './consumer-group-regular-expression-value.ts'
import { consumerGroupTargetAssignmentMemberKey } from './consumer-group-target-assignment-member-key.ts'
import { consumerGroupTargetAssignmentMemberValue } from './consumer-group-target-assignment-member-value.ts'
import { consumerGroupTargetAssignmentMetadataKey } from './consumer-group-target-assignment-metadata-key.ts'
import { consumerGroupTargetAssignmentMetadataValue } from './consumer-group-target-assignment-metadata-value.ts'
import { consumerProtocolAssignment } from './consumer-protocol-assignment.ts'
import { consumerProtocolSubscription } from './consumer-protocol-subscription.ts'
import { controlRecordTypeSchema } from './control-record-type-schema.ts'
import { controlledShutdownRequest } from './controlled-shutdown-request.ts'
import { controlledShutdownResponse } from './controlled-shutdown-response.ts'
import { controllerRegistrationRequest } from './controller-registration-request.ts'
import { controllerRegistrationResponse } from './controller-registration-response.ts'
import { createAclsRequest } from './create-acls-request.ts'
import { createAclsResponse } from './create-acls-response.ts'
import { createDelegationTokenRequest } from './create-delegation-token-request.ts'
import { createDelegationTokenResponse } from './create-delegation-token-response.ts'
import { createPartitionsRequest } from './create-partitions-request.ts'
import { createPartitionsResponse } from './create-partitions-response.ts'
import { createTopicsRequest } from './create-topics-request.ts'
import { createTopicsResponse } from './create-topics-response.ts'
import { defaultPrincipalData } from './default-principal-data.ts'
import { delegationTokenRecord } from './delegation-token-record.ts'
import { deleteAclsRequest } from './delete-acls-request.ts'
import { deleteAclsResponse } from './delete-acls-response.ts'
import { deleteGroupsRequest } from './delete-groups-request.ts'
import { deleteGroupsResponse } from './delete-groups-response.ts'
import { deleteRecordsRequest } from './delete-records-request.ts'
import { deleteRecordsResponse } from './delete-records-response.ts'
import { deleteShareGroupOffsetsRequest } from './delete-share-group-offsets-request.ts'
import { deleteShareGroupOffsetsResponse } from './delete-share-group-offsets-response.ts'
import { deleteShareGroupStateRequest } from './delete-share-group-state-request.ts'
import { deleteShareGroupStateResponse } from './delete-share-group-state-response.ts'
import { deleteTopicsRequest } from './delete-topics-request.ts'
import { deleteTopicsResponse } from './delete-topics-response.ts'
import { describeAclsRequest } from './describe-acls-request.ts'
import { describeAclsResponse } from './describe-acls-response.ts'
import { describeClientQuotasRequest } from './describe-client-quotas-request.ts'
import { describeClientQuotasResponse } from './describe-client-quotas-response.ts'
import { describeClusterRequest } from './describe-cluster-request.ts'
import { describeClusterResponse } from './describe-cluster-response.ts'
import { describeConfigsRequest } from './describe-configs-request.ts'
import { describeConfigsResponse } from './describe-configs-response.ts'
import { describeDelegationTokenRequest } from './describe-delegation-token-request.ts'
import { describeDelegationTokenResponse } from './describe-delegation-token-response.ts'
import { describeGroupsRequest } from './describe-groups-request.ts'
import { describeGroupsResponse } from './describe-groups-response.ts'
import { describeLogDirsRequest } from './describe-log-dirs-request.ts'
import { describeLogDirsResponse } from './describe-log-dirs-response.ts'
import { describeProducersRequest } from './describe-producers-request.ts'
import { describeProducersResponse } from './describe-producers-response.ts'
import { describeQuorumRequest } from './describe-quorum-request.ts'
import { describeQuorumResponse } from './describe-quorum-response.ts'
import { describeShareGroupOffsetsRequest } from './describe-share-group-offsets-request.ts'
import { describeShareGroupOffsetsResponse } from './describe-share-group-offsets-response.ts'
import { describeTopicPartitionsRequest } from './describe-topic-partitions-request.ts'
import { describeTopicPartitionsResponse } from './describe-topic-partitions-response.ts'
import { describeTransactionsRequest } from './describe-transactions-request.ts'
import { describeTransactionsResponse } from './describe-transactions-response.ts'
import { describeUserScramCredentialsRequest } from './describe-user-scram-credentials-request.ts'
import { describeUserScramCredentialsResponse } from './describe-user-scram-credentials-response.ts'
import { electLeadersRequest } from './elect-leaders-request.ts'
import { electLeadersResponse } from './elect-leaders-response.ts'
import { endQuorumEpochRequest } from './end-quorum-epoch-request.ts'
import { endQuorumEpochResponse } from './end-quorum-epoch-response.ts'
import { endTransactionRecord } from './end-transaction-record.ts'
import { endTxnMarker } from './end-txn-marker.ts'
import { endTxnRequest } from './end-txn-request.ts'
import { endTxnResponse } from './end-txn-response.ts'
import { envelopeRequest } from './envelope-request.ts'
import { envelopeResponse } from './envelope-response.ts'
import { expireDelegationTokenRequest } from './expire-delegation-token-request.ts'
import { expireDelegationTokenResponse } from './expire-delegation-token-response.ts'
import { featureLevelRecord } from './feature-level-record.ts'
import { fenceBrokerRecord } from './fence-broker-record.ts'
import { fetchRequest } from './fetch-request.ts'
import { fetchResponse } from './fetch-response.ts'
import { fetchSnapshotRequest } from './fetch-snapshot-request.ts'
import { fetchSnapshotResponse } from './fetch-snapshot-response.ts'
import { findCoordinatorRequest } from './find-coordinator-request.ts'
import { findCoordinatorResponse } from './find-coordinator-response.ts'
import { getTelemetrySubscriptionsRequest } from './get-telemetry-subscriptions-request.ts'
import { getTelemetrySubscriptionsResponse } from './get-telemetry-subscriptions-response.ts'
import { groupMetadataKey } from './group-metadata-key.ts'
import { groupMetadataValue } from './group-metadata-value.ts'
import { heartbeatRequest } from './heartbeat-request.ts'
import { heartbeatResponse } from './heartbeat-response.ts'
import { incrementalAlterConfigsRequest } from './incremental-alter-configs-request.ts'
import { incrementalAlterConfigsResponse } from './incremental-alter-configs-response.ts'
import { initProducerIdRequest } from './init-producer-id-request.ts'
import { initProducerIdResponse } from './init-producer-id-response.ts'
import { initializeShareGroupStateRequest } from './initialize-share-group-state-request.ts'
import { initializeShareGroupStateResponse } from './initialize-share-group-state-response.ts'
import { joinGroupRequest } from './join-group-request.ts'
import { joinGroupResponse } from './join-group-response.ts'
import { kRaftVersionRecord } from './kraft-version-record.ts'
import { leaderAndIsrRequest } from './leader-and-isr-request.ts'
import { leaderAndIsrResponse } from './leader-and-isr-response.ts'
import { leaderChangeMessage } from './leader-change-message.ts'
import { leaveGroupRequest } from './leave-group-request.ts'
import { leaveGroupResponse } from './leave-group-response.ts'
import { legacyOffsetCommitKey } from './legacy-offset-commit-key.ts'
import { legacyOffsetCommitValue } from './legacy-offset-commit-value.ts'
import { listConfigResourcesRequest } from './list-config-resources-request.ts'
import { listConfigResourcesResponse } from './list-config-resources-response.ts'
import { listGroupsRequest } from './list-groups-request.ts'
import { listGroupsResponse } from './list-groups-response.ts'
import { listOffsetsRequest } from './list-offsets-request.ts'
import { listOffsetsResponse } from './list-offsets-response.ts'
import { listPartitionReassignmentsRequest } from './list-partition-reassignments-request.ts'
import { listPartitionReassignmentsResponse } from './list-partition-reassignments-response.ts'
import { listTransactionsRequest } from './list-transactions-request.ts'
import { listTransactionsResponse } from './list-transactions-response.ts'
import { metadataRequest } from './metadata-request.ts'
import { metadataResponse } from './metadata-response.ts'
import { noOpRecord } from './no-op-record.ts'
import { offsetCommitKey } from './offset-commit-key.ts'
import { offsetCommitRequest } from './offset-commit-request.ts'
import { offsetCommitResponse } from './offset-commit-response.ts'
import { offsetCommitValue } from './offset-commit-value.ts'
import { offsetDeleteRequest } from './offset-delete-request.ts'
import { offsetDeleteResponse } from './offset-delete-response.ts'
import { offsetFetchRequest } from './offset-fetch-request.ts'
import { offsetFetchResponse } from './offset-fetch-response.ts'
import { offsetForLeaderEpochRequest } from './offset-for-leader-epoch-request.ts'
import { offsetForLeaderEpochResponse } from './offset-for-leader-epoch-response.ts'
import { partitionChangeRecord } from './partition-change-record.ts'
import { partitionRecord } from './partition-record.ts'
import { produceRequest } from './produce-request.ts'
import { produceResponse } from './produce-response.ts'
import { producerIdsRecord } from './producer-ids-record.ts'
import { producerSnapshot } from './producer-snapshot.ts'
import { pushTelemetryRequest } from './push-telemetry-request.ts'
import { pushTelemetryResponse } from './push-telemetry-response.ts'
import { quorumStateData } from './quorum-state-data.ts'
import { readShareGroupStateRequest } from './read-share-group-state-request.ts'
import { readShareGroupStateResponse } from './read-share-group-state-response.ts'
import { readShareGroupStateSummaryRequest } from './read-share-group-state-summary-request.ts'
import { readShareGroupStateSummaryResponse } from './read-share-group-state-summary-response.ts'
import { registerBrokerRecord } from './register-broker-record.ts'
import { registerControllerRecord } from './register-controller-record.ts'
import { remoteLogSegmentMetadataRecord } from './remote-log-segment-metadata-record.ts'
import { remoteLogSegmentMetadataSnapshotRecord } from './remote-log-segment-metadata-snapshot-record.ts'
import { remoteLogSegmentMetadataUpdateRecord } from './remote-log-segment-metadata-update-record.ts'
import { remotePartitionDeleteMetadataRecord } from './remote-partition-delete-metadata-record.ts'
import { removeAccessControlEntryRecord } from './remove-access-control-entry-record.ts'
import { removeDelegationTokenRecord } from './remove-delegation-token-record.ts'
import { removeRaftVoterRequest } from './remove-raft-voter-request.ts'
import { removeRaftVoterResponse } from './remove-raft-voter-response.ts'
import { removeTopicRecord } from './remove-topic-record.ts'
import { removeUserScramCredentialRecord } from './remove-user-scram-credential-record.ts'
import { renewDelegationTokenRequest } from './renew-delegation-token-request.ts'
import { renewDelegationTokenResponse } from './renew-delegation-token-response.ts'
import { requestHeader } from './request-header.ts'
import { responseHeader } from './response-header.ts'
import { saslAuthenticateRequest } from './sasl-authenticate-request.ts'
import { saslAuthenticateResponse } from './sasl-authenticate-response.ts'
import { saslHandshakeRequest } from './sasl-handshake-request.ts'
import { saslHandshakeResponse } from './sasl-handshake-response.ts'
import { shareAcknowledgeRequest } from './share-acknowledge-request.ts'
import { shareAcknowledgeResponse } from './share-acknowledge-response.ts'
import { shareFetchRequest } from './share-fetch-request.ts'
import { shareFetchResponse } from './share-fetch-response.ts'
import { shareGroupCurrentMemberAssignmentKey } from './share-group-current-member-assignment-key.ts'
import { shareGroupCurrentMemberAssignmentValue } from './share-group-current-member-assignment-value.ts'
import { shareGroupDescribeRequest } from './share-group-describe-request.ts'
import { shareGroupDescribeResponse } from './share-group-describe-response.ts'
import { shareGroupHeartbeatRequest } from './share-group-heartbeat-request.ts'
import { shareGroupHeartbeatResponse } from './share-group-heartbeat-response.ts'
import { shareGroupMemberMetadataKey } from './share-group-member-metadata-key.ts'
import { shareGroupMemberMetadataValue } from './share-group-member-metadata-value.ts'
import { shareGroupMetadataKey } from './share-group-metadata-key.ts'
import { shareGroupMetadataValue } from './share-group-metadata-value.ts'
import { shareGroupStatePartitionMetadataKey } from './share-group-state-partition-metadata-key.ts'
import { shareGroupStatePartitionMetadataValue } from './share-group-state-partition-metadata-value.ts'
import { shareGroupTargetAssignmentMemberKey } from './share-group-target-assignment-member-key.ts'
import { shareGroupTargetAssignmentMemberValue } from './share-group-target-assignment-member-value.ts'
import { shareGroupTargetAssignmentMetadataKey } from './share-group-target-assignment-metadata-key.ts'
import { shareGroupTargetAssignmentMetadataValue } from './share-group-target-assignment-metadata-value.ts'
import { shareSnapshotKey } from './share-snapshot-key.ts'
import { shareSnapshotValue } from './share-snapshot-value.ts'
import { shareUpdateKey } from './share-update-key.ts'
import { shareUpdateValue } from './share-update-value.ts'
import { snapshotFooterRecord } from './snapshot-footer-record.ts'
import { snapshotHeaderRecord } from './snapshot-header-record.ts'
import { stopReplicaRequest } from './stop-replica-request.ts'
import { stopReplicaResponse } from './stop-replica-response.ts'
import { streamsGroupCurrentMemberAssignmentKey } from './streams-group-current-member-assignment-key.ts'
import { streamsGroupCurrentMemberAssignmentValue } from './streams-group-current-member-assignment-value.ts'
import { streamsGroupDescribeRequest } from './streams-group-describe-request.ts'
import { streamsGroupDescribeResponse } from './streams-group-describe-response.ts'
import { streamsGroupHeartbeatRequest } from './streams-group-heartbeat-request.ts'
import { streamsGroupHeartbeatResponse } from './streams-group-heartbeat-response.ts'
import { streamsGroupMemberMetadataKey } from './streams-group-member-metadata-key.ts'
import { streamsGroupMemberMetadataValue } from './streams-group-member-metadata-value.ts'
import { streamsGroupMetadataKey } from './streams-group-metadata-key.ts'
import { streamsGroupMetadataValue } from './streams-group-metadata-value.ts'
import { streamsGroupTargetAssignmentMemberKey } from './streams-group-target-assignment-member-key.ts'
import { streamsGroupTargetAssignmentMemberValue } from './streams-group-target-assignment-member-value.ts'
import { streamsGroupTargetAssignmentMetadataKey } from './streams-group-target-assignment-metadata-key.ts'
import { streamsGroupTargetAssignmentMetadataValue } from './streams-group-target-assignment-metadata-value.ts'
import { streamsGroupTopologyDescriptionUpdateRequest } from './streams-group-topology-description-update-request.ts'
import { streamsGroupTopologyDescriptionUpdateResponse } from './streams-group-topology-description-update-response.ts'
import { streamsGroupTopologyKey } from './streams-group-topology-key.ts'
import { streamsGroupTopologyValue } from './streams-group-topology-value.ts'
import { syncGroupRequest } from './sync-group-request.ts'
import { syncGroupResponse } from './sync-group-response.ts'
import { topicRecord } from './topic-record.ts'
import { transactionLogKey } from './transaction-log-key.ts'
import { transactionLogValue } from './transaction-log-value.ts'
import { txnOffsetCommitRequest } from './txn-offset-commit-request.ts'
import { txnOffsetCommitResponse } from './txn-offset-commit-response.ts'
import { unfenceBrokerRecord } from './unfence-broker-record.ts'
import { unregisterBrokerRecord } from './unregister-broker-record.ts'
import { unregisterBrokerRequest } from './unregister-broker-request.ts'
import { unregisterBrokerResponse } from './unregister-broker-response.ts'
import { unregisterControllerRecord } from './unregister-controller-record.ts'
import { unregisterControllerRequest } from './unregister-controller-request.ts'
import { unregisterControllerResponse } from './unregister-controller-response.ts'
import { updateFeaturesRequest } from './update-features-request.ts'
import { updateFeaturesResponse } from './update-features-response.ts'
import { updateMetadataRequest } from './update-metadata-request.ts'
import { updateMetadataResponse } from './update-metadata-response.ts'
import { updateRaftVoterRequest } from './update-raft-voter-request.ts'
import { updateRaftVoterResponse } from './update-raft-voter-response.ts'
import { userScramCredentialRecord } from './user-scram-credential-record.ts'
import { voteRequest } from './vote-request.ts'
import { voteResponse } from './vote-response.ts'
import { votersRecord } from './voters-record.ts'
import { writeShareGroupStateRequest } from './write-share-group-state-request.ts'
import { writeShareGroupStateResponse } from './write-share-group-state-response.ts'
import { writeTxnMarkersRequest } from './write-txn-markers-request.ts'
import { writeTxnMarkersResponse } from './write-txn-markers-response.ts'
import { zkMigrationStateRecord } from './zk-migration-state-record.ts'

/** Every message of Kafka, by name. */
export const allMessages: readonly MessageTable[] = [
  abortTransactionRecord,
  abortedTxn,
  accessControlEntryRecord,
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  addRaftVoterRequest,
  addRaftVoterResponse,
  allocateProducerIdsRequest,
  allocateProducerIdsResponse,
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  alterConfigsRequest,
  alterConfigsResponse,
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  alterPartitionRequest,
  alterPartitionResponse,
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  alterShareGroupOffsetsRequest,
  alterShareGroupOffsetsResponse,
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
  apiVersionsRequest,
  apiVersionsResponse,
  assignReplicasToDirsRequest,
  assignReplicasToDirsResponse,
  beginQuorumEpochRequest,
  beginQuorumEpochResponse,
  beginTransactionRecord,
  brokerHeartbeatRequest,
  brokerHeartbeatResponse,
  brokerRegistrationChangeRecord,
  brokerRegistrationRequest,
  brokerRegistrationResponse,
  clearElrRecord,
  clientQuotaRecord,
  configRecord,
  consumerGroupCurrentMemberAssignmentKey,
  consumerGroupCurrentMemberAssignmentValue,
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
  consumerGroupMemberMetadataKey,
  consumerGroupMemberMetadataValue,
  consumerGroupMetadataKey,
  consumerGroupMetadataValue,
  consumerGroupPartitionMetadataKey,
  consumerGroupPartitionMetadataValue,
  consumerGroupRegularExpressionKey,
  consumerGroupRegularExpressionValue,
  consumerGroupTargetAssignmentMemberKey,
  consumerGroupTargetAssignmentMemberValue,
  consumerGroupTargetAssignmentMetadataKey,
  consumerGroupTargetAssignmentMetadataValue,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  controlRecordTypeSchema,
  controlledShutdownRequest,
  controlledShutdownResponse,
  controllerRegistrationRequest,
  controllerRegistrationResponse,
  createAclsRequest,
  createAclsResponse,
  createDelegationTokenRequest,
  createDelegationTokenResponse,
  createPartitionsRequest,
  createPartitionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  defaultPrincipalData,
  delegationTokenRecord,
  deleteAclsRequest,
  deleteAclsResponse,
  deleteGroupsRequest,
  deleteGroupsResponse,
  deleteRecordsRequest,
  deleteRecordsResponse,
  deleteShareGroupOffsetsRequest,
  deleteShareGroupOffsetsResponse,
  deleteShareGroupStateRequest,
  deleteShareGroupStateResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeAclsRequest,
  describeAclsResponse,
  describeClientQuotasRequest,
  describeClientQuotasResponse,
  describeClusterRequest,
  describeClusterResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
  describeGroupsRequest,
  describeGroupsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  describeProducersRequest,
  describeProducersResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  describeShareGroupOffsetsRequest,
  describeShareGroupOffsetsResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
  electLeadersRequest,
  electLeadersResponse,
  endQuorumEpochRequest,
  endQuorumEpochResponse,
  endTransactionRecord,
  endTxnMarker,
  endTxnRequest,
  endTxnResponse,
  envelopeRequest,
  envelopeResponse,
  expireDelegationTokenRequest,
  expireDelegationTokenResponse,
  featureLevelRecord,
  fenceBrokerRecord,
  fetchRequest,
  fetchResponse,
  fetchSnapshotRequest,
  fetchSnapshotResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
  groupMetadataKey,
  groupMetadataValue,
  heartbeatRequest,
  heartbeatResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  initializeShareGroupStateRequest,
  initializeShareGroupStateResponse,
  joinGroupRequest,
  joinGroupResponse,
  kRaftVersionRecord,
  leaderAndIsrRequest,
  leaderAndIsrResponse,
  leaderChangeMessage,
  leaveGroupRequest,
  leaveGroupResponse,
  legacyOffsetCommitKey,
  legacyOffsetCommitValue,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
  listGroupsRequest,
  listGroupsResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
  listTransactionsRequest,
  listTransactionsResponse,
  metadataRequest,
  metadataResponse,
  noOpRecord,
  offsetCommitKey,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetCommitValue,
  offsetDeleteRequest,
  offsetDeleteResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
  partitionChangeRecord,
  partitionRecord,
  produceRequest,
  produceResponse,
  producerIdsRecord,
  producerSnapshot,
  pushTelemetryRequest,
  pushTelemetryResponse,
  quorumStateData,
  readShareGroupStateRequest,
  readShareGroupStateResponse,
  readShareGroupStateSummaryRequest,
  readShareGroupStateSummaryResponse,
  registerBrokerRecord,
  registerControllerRecord,
  remoteLogSegmentMetadataRecord,
  remoteLogSegmentMetadataSnapshotRecord,
  remoteLogSegmentMetadataUpdateRecord,
  remotePartitionDeleteMetadataRecord,
  removeAccessControlEntryRecord,
  removeDelegationTokenRecord,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
  removeTopicRecord,
  removeUserScramCredentialRecord,
  renewDelegationTokenRequest,
  renewDelegationTokenResponse,
  requestHeader,
  responseHeader,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
  saslHandshakeRequest,
  saslHandshakeResponse,
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
  shareFetchRequest,
  shareFetchResponse,
  shareGroupCurrentMemberAssignmentKey,
  shareGroupCurrentMemberAssignmentValue,
  shareGroupDescribeRequest,
  shareGroupDescribeResponse,
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
  shareGroupMemberMetadataKey,
  shareGroupMemberMetadataValue,
  shareGroupMetadataKey,
  shareGroupMetadataValue,
  shareGroupStatePartitionMetadataKey,
  shareGroupStatePartitionMetadataValue,
  shareGroupTargetAssignmentMemberKey,
  shareGroupTargetAssignmentMemberValue,
  shareGroupTargetAssignmentMetadataKey,
  shareGroupTargetAssignmentMetadataValue,
  shareSnapshotKey,
  shareSnapshotValue,
  shareUpdateKey,
  shareUpdateValue,
  snapshotFooterRecord,
  snapshotHeaderRecord,
  stopReplicaRequest,
  stopReplicaResponse,
  streamsGroupCurrentMemberAssignmentKey,
  streamsGroupCurrentMemberAssignmentValue,
  streamsGroupDescribeRequest,
  streamsGroupDescribeResponse,
  streamsGroupHeartbeatRequest,
  streamsGroupHeartbeatResponse,
  streamsGroupMemberMetadataKey,
  streamsGroupMemberMetadataValue,
  streamsGroupMetadataKey,
  streamsGroupMetadataValue,
  streamsGroupTargetAssignmentMemberKey,
  streamsGroupTargetAssignmentMemberValue,
  streamsGroupTargetAssignmentMetadataKey,
  streamsGroupTargetAssignmentMetadataValue,
  streamsGroupTopologyDescriptionUpdateRequest,
  streamsGroupTopologyDescriptionUpdateResponse,
  streamsGroupTopologyKey,
  streamsGroupTopologyValue,
  syncGroupRequest,
  syncGroupResponse,
  topicRecord,
  transactionLogKey,
  transactionLogValue,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
  unfenceBrokerRecord,
  unregisterBrokerRecord,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
  unregisterControllerRecord,
  unregisterControllerRequest,
  unregisterControllerResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
  updateMetadataRequest,
  updateMetadataResponse,
  updateRaftVoterRequest,
  updateRaftVoterResponse,
  userScramCredentialRecord,
  voteRequest,
  voteResponse,
  votersRecord,
  writeShareGroupStateRequest,
  writeShareGroupStateResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
  zkMigrationStateRecord,
]
