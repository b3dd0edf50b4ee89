/** What messages are for, in our words. With `field-docs.ts` the only part of a table that Kafka's definitions do not give. */
import type { Definition } from './definitions.ts'
import { fieldDocs } from './field-docs.ts'

/** The doc comment of a message. */
export function messageDoc({ name, type, apiKey }: Definition): string {
  if (type === 'response') return responseDocs[name] ?? `Answers ${name.replace(/Response$/, 'Request')}.`
  const doc = (type === 'request' ? apiDocs[name.replace(/Request$/, '')] : recordDocs[name]) ?? keyOrValueDoc(name)
  if (doc === undefined) throw new Error(`${name} (${apiKey}) has no words in docs.ts`)
  return doc
}

function keyOrValueDoc(name: string): string | undefined {
  const [, noun, part] = /^(\w+)(Key|Value)$/.exec(name) ?? []
  const doc = coordinatorDocs[noun ?? '']
  if (doc === undefined) return undefined
  return part === 'Key' ? `Key of: ${doc}` : `${doc[0]!.toUpperCase()}${doc.slice(1)}`
}

/** The doc of a field, if it needs one. */
export function fieldDoc(message: string, field: string): string | undefined {
  return fieldDocs[`${message}.${field}`] ?? fieldDocs[field]
}

/** What each API is asked for. */
const apiDocs: Readonly<Record<string, string>> = {
  Produce:
    'Appends record batches to partitions. v7 allows zstd; v9 is the first flexible version; v12 lets a transactional producer leave out AddPartitionsToTxn (KIP-890); v13 names topics by id (KIP-516).',
  Fetch:
    'Reads record batches, for consumers and followers. v7 brings fetch sessions (KIP-227), v11 reading from followers (KIP-392), v12 the search for diverging epochs and flexible encoding, v13 topic ids (KIP-516), v15 the replica state (KIP-903).',
  ListOffsets:
    'Finds offsets by timestamp, or the first and the last. v2 heeds the isolation level; v4 carries leader epochs; v7 finds the largest timestamp; v8, v9 and v11 know tiered storage; v10 may take its time.',
  Metadata:
    'Asks for brokers, topics, partitions and leaders. v1 tells no topics from all topics (null); v4 may forbid to create; v10 brings topic ids, and v12 lets a topic be asked for by id.',
  LeaderAndIsr: 'Removed with ZooKeeper; its key stays taken.',
  StopReplica: 'Removed with ZooKeeper; its key stays taken.',
  UpdateMetadata: 'Removed with ZooKeeper; its key stays taken.',
  ControlledShutdown: 'Removed with ZooKeeper; its key stays taken.',
  OffsetCommit:
    'Commits the offsets of a group. v6 carries leader epochs, v7 static members; v9 takes members of the new groups (KIP-848); v10 names topics by id.',
  OffsetFetch:
    'Asks for the committed offsets of groups. v2 asks for all topics with null; v7 can insist on stable offsets; v8 takes several groups; v9 takes members of the new groups (KIP-848); v10 names topics by id.',
  FindCoordinator:
    'Asks which broker coordinates a group, a transactional id, or, since v6, a share group partition. v4 asks for several at once.',
  JoinGroup:
    'Joins a classic group, or rejoins it for a rebalance. From v4 on the first answer only gives a member id; v5 brings static members, v7 the protocol type, v8 a reason, v9 the leave to keep an assignment.',
  Heartbeat: 'Keeps a member of a classic group alive between rebalances. v3 brings static members (KIP-345).',
  LeaveGroup: 'Takes members out of a classic group: one, or since v3 several, static ones by instance id.',
  SyncGroup:
    'Hands out the assignment that the leader of a classic group has made. v3 brings static members; v5 the protocol.',
  DescribeGroups: 'Asks for the state and the members of classic groups.',
  ListGroups: 'Lists the groups that a broker coordinates. v4 filters by state, v5 by type.',
  SaslHandshake:
    'Chooses the SASL mechanism. After v1 the exchange travels in SaslAuthenticate, after v0 in bare frames.',
  ApiVersions:
    'Asks which APIs and versions the broker serves. The answer has header version 0 always, and version 0 altogether to a version that the broker does not know (KIP-511). v3 names the client; v5 checks cluster and node.',
  CreateTopics:
    'Creates topics. v4 lets the broker choose counts (-1); v5 answers with the configuration; v7 with the topic id.',
  DeleteTopics: 'Deletes topics, by name or, since v6, by id.',
  DeleteRecords: 'Raises the first offset of partitions.',
  InitProducerId:
    'Gives a producer its id and epoch, and ends what its predecessor left open. v3 lets a producer raise its own epoch (KIP-360); v6 is for two-phase commit (KIP-939).',
  OffsetForLeaderEpoch: 'Asks where an epoch ended, to find where logs diverge.',
  AddPartitionsToTxn: 'Adds partitions to a transaction; from v4 on for brokers, several transactions at once.',
  AddOffsetsToTxn: 'Adds the offsets of a group to a transaction.',
  EndTxn: 'Commits or aborts a transaction. v5 answers with a new epoch (KIP-890).',
  WriteTxnMarkers: 'Tells a broker to end transactions in its partitions.',
  TxnOffsetCommit: 'Commits offsets of a group inside a transaction. v3 fences by generation; v6 names topics by id.',
  DescribeAcls: 'Lists the ACLs that a filter matches.',
  CreateAcls: 'Creates ACLs.',
  DeleteAcls: 'Deletes the ACLs that filters match.',
  DescribeConfigs: 'Asks for the configuration of topics, brokers, groups, client metrics.',
  AlterConfigs: 'Replaces the whole configuration of resources; IncrementalAlterConfigs changes single keys.',
  AlterReplicaLogDirs: 'Moves replicas between directories of a broker.',
  DescribeLogDirs: 'Asks what lies in the directories of a broker.',
  SaslAuthenticate: 'Carries one step of the SASL exchange. v1 limits the session (KIP-368).',
  CreatePartitions: 'Raises the count of partitions of topics.',
  CreateDelegationToken: 'Creates a delegation token. v3 may name another owner.',
  RenewDelegationToken: 'Extends the life of a delegation token.',
  ExpireDelegationToken: 'Shortens the life of a delegation token, or ends it.',
  DescribeDelegationToken: 'Lists delegation tokens by owner.',
  DeleteGroups: 'Deletes groups that have no members.',
  ElectLeaders: 'Elects the preferred replicas, or any that is left, as leaders.',
  IncrementalAlterConfigs: 'Sets, deletes, appends to and subtracts from single configuration keys (KIP-339).',
  AlterPartitionReassignments: 'Starts and cancels reassignments of replicas.',
  ListPartitionReassignments: 'Lists the reassignments under way.',
  OffsetDelete: 'Deletes committed offsets of a group.',
  DescribeClientQuotas: 'Lists client quotas that a filter matches.',
  AlterClientQuotas: 'Changes client quotas.',
  DescribeUserScramCredentials: 'Lists which SCRAM credentials users have.',
  AlterUserScramCredentials: 'Creates and deletes SCRAM credentials.',
  Vote: 'Asks for a vote in an election of the metadata quorum. v2 can rehearse (KIP-996).',
  BeginQuorumEpoch: 'Tells voters who leads the metadata quorum.',
  EndQuorumEpoch: 'Tells voters that the leader of the metadata quorum resigns.',
  DescribeQuorum: 'Asks for leader, voters and observers of the metadata quorum.',
  AlterPartition: 'Asks the controller to change the ISR of partitions.',
  UpdateFeatures: 'Changes finalized feature levels.',
  Envelope: 'Forwards a request from a broker to the controller, with the principal it came from.',
  FetchSnapshot: 'Reads a piece of a snapshot of the metadata log.',
  DescribeCluster: 'Asks for the nodes of the cluster: brokers, or since v1 controllers.',
  DescribeProducers: 'Asks for the producers active in partitions.',
  BrokerRegistration: 'Registers a broker with the controller.',
  BrokerHeartbeat: 'Keeps a broker registered, and asks to be unfenced or to stop.',
  UnregisterBroker: 'Removes a broker from the cluster.',
  DescribeTransactions: 'Asks for the state of transactions.',
  ListTransactions: 'Lists the transactions that a broker coordinates.',
  AllocateProducerIds: 'Asks the controller for a block of producer ids.',
  ConsumerGroupHeartbeat:
    'The one request of a member of a consumer group (KIP-848): joins, reports, takes its assignment, leaves. What has not changed is left null. v1 brings patterns and client-made member ids.',
  ConsumerGroupDescribe: 'Asks for the state and the members of consumer groups (KIP-848).',
  ControllerRegistration: 'Registers a controller with the active one.',
  GetTelemetrySubscriptions: 'Asks which metrics the broker wants from a client (KIP-714).',
  PushTelemetry: 'Delivers metrics of a client (KIP-714).',
  AssignReplicasToDirs: 'Tells the controller in which directories the replicas of a broker lie (KIP-858).',
  ListConfigResources: 'Lists resources that have configuration. v0 was ListClientMetricsResources.',
  DescribeTopicPartitions: 'Asks for topics page by page, with eligible leader replicas (KIP-966).',
  ShareGroupHeartbeat: 'The heartbeat of a member of a share group (KIP-932).',
  ShareGroupDescribe: 'Asks for the state and the members of share groups (KIP-932).',
  ShareFetch: 'Acquires records for a share group, and acknowledges earlier ones (KIP-932).',
  ShareAcknowledge: 'Acknowledges records of a share group (KIP-932).',
  AddRaftVoter: 'Adds a voter to the metadata quorum (KIP-853).',
  RemoveRaftVoter: 'Removes a voter from the metadata quorum (KIP-853).',
  UpdateRaftVoter: 'Tells the leader of the metadata quorum where a voter listens (KIP-853).',
  InitializeShareGroupState: 'Creates the state of share partitions at the share coordinator.',
  ReadShareGroupState: 'Reads the state of share partitions from the share coordinator.',
  WriteShareGroupState: 'Writes the state of share partitions to the share coordinator.',
  DeleteShareGroupState: 'Deletes the state of share partitions at the share coordinator.',
  ReadShareGroupStateSummary: 'Reads the start offsets of share partitions from the share coordinator.',
  StreamsGroupHeartbeat: 'The heartbeat of a member of a streams group (KIP-1071).',
  StreamsGroupDescribe: 'Asks for the state, the topology and the members of streams groups (KIP-1071).',
  DescribeShareGroupOffsets: 'Asks where share groups begin to read.',
  AlterShareGroupOffsets: 'Sets where a share group begins to read.',
  DeleteShareGroupOffsets: 'Deletes where a share group begins to read.',
  StreamsGroupTopologyDescriptionUpdate: 'Gives the broker a description of the topology of a streams group.',
  UnregisterController: 'Removes a controller from the cluster.',
}

/** Answers that need more words than "answers its request". */
const responseDocs: Readonly<Record<string, string>> = {
  ProduceResponse:
    'Answers ProduceRequest, unless its acks are 0. v8 names the records at fault; v10 names the new leader and where it is (KIP-951).',
  FetchResponse:
    'Answers FetchRequest. v5 tells the start of the log; v7 has an error and a session of its own; v12 tells where logs diverge and who leads; v16 tells where the leaders are (KIP-951).',
  ApiVersionsResponse:
    'Answers ApiVersionsRequest, always behind a response header of version 0. v3 adds features; v4 may show a feature whose oldest level is 0.',
}

/** Headers, control records, files, and the records of the metadata log. */
const recordDocs: Readonly<Record<string, string>> = {
  RequestHeader: 'Goes before every request. v1 brings the client id, v2 tagged fields (the client id stays classic).',
  ResponseHeader: 'Goes before every answer. v1 brings tagged fields.',
  // Metadata log
  AbortTransactionRecord: 'Undoes the records since BeginTransactionRecord.',
  AccessControlEntryRecord: 'An ACL.',
  BeginTransactionRecord: 'Begins records that take effect together.',
  BrokerRegistrationChangeRecord: 'Changes of a registered broker: fencing, stopping, directories.',
  ClearElrRecord: 'Forgets eligible leader replicas, of one topic or of all.',
  ClientQuotaRecord: 'Sets or removes a client quota.',
  ConfigRecord: 'Sets or, with null, removes a configuration key of a resource.',
  DelegationTokenRecord: 'A delegation token.',
  EndTransactionRecord: 'Ends, and puts into effect, the records since BeginTransactionRecord.',
  FeatureLevelRecord: 'Sets the finalized level of a feature; 0 removes it.',
  FenceBrokerRecord: 'Fences a broker; BrokerRegistrationChangeRecord has taken its place.',
  NoOpRecord: 'Says nothing; shows that the controller lives.',
  PartitionChangeRecord: 'Changes of a partition: ISR, leader, replicas; what is null or -2 stays.',
  PartitionRecord: 'A partition: replicas, ISR, leader, epochs.',
  ProducerIdsRecord: 'A block of producer ids has been handed to a broker.',
  RegisterBrokerRecord: 'A broker has registered.',
  RegisterControllerRecord: 'A controller has registered.',
  RemoveAccessControlEntryRecord: 'Removes an ACL.',
  RemoveDelegationTokenRecord: 'Removes a delegation token.',
  RemoveTopicRecord: 'Removes a topic with its partitions.',
  RemoveUserScramCredentialRecord: 'Removes a SCRAM credential.',
  TopicRecord: 'A topic: its name and id.',
  UnfenceBrokerRecord: 'Unfences a broker; BrokerRegistrationChangeRecord has taken its place.',
  UnregisterBrokerRecord: 'Removes a broker from the cluster.',
  UnregisterControllerRecord: 'Removes a controller from the cluster.',
  UserScramCredentialRecord: 'A SCRAM credential of a user.',
  ZkMigrationStateRecord: 'A leftover of the migration from ZooKeeper.',
  // Tiered storage: __remote_log_metadata
  RemoteLogSegmentMetadataRecord: 'A segment in tiered storage.',
  RemoteLogSegmentMetadataSnapshotRecord: 'A segment in tiered storage, as kept in a snapshot file.',
  RemoteLogSegmentMetadataUpdateRecord: 'Changes the state of a segment in tiered storage.',
  RemotePartitionDeleteMetadataRecord: 'Follows the deletion of a partition in tiered storage.',
  // Control records
  ControlRecordTypeSchema: 'Key of a control record: what kind it is of.',
  EndTxnMarker: 'Control record that ends a transaction in a partition.',
  LeaderChangeMessage: 'Control record that begins an epoch of the metadata log.',
  SnapshotHeaderRecord: 'Control record that begins a snapshot.',
  SnapshotFooterRecord: 'Control record that ends a snapshot; without it the snapshot is torn.',
  KRaftVersionRecord: 'Control record that sets the level of the Raft protocol.',
  VotersRecord: 'Control record that sets the voters of the metadata quorum.',
  // Inside fields and files
  ConsumerProtocolSubscription:
    'What a member of a classic consumer group tells the leader: inside the metadata of JoinGroup.',
  ConsumerProtocolAssignment:
    'What the leader of a classic consumer group gives a member: inside the assignment of SyncGroup.',
  DefaultPrincipalData: 'A principal, as forwarded in an envelope.',
  AbortedTxn: 'An entry of a transaction index file.',
  ProducerSnapshot: 'A producer snapshot file.',
  QuorumStateData: 'The quorum-state file, as JSON.',
}

/** Records of the internal topics, by the name that key and value share. */
const coordinatorDocs: Readonly<Record<string, string>> = {
  // __consumer_offsets
  OffsetCommit: 'a committed offset.',
  LegacyOffsetCommit: 'a committed offset, in the format before version 1.',
  GroupMetadata: 'a classic group, with its members and their assignments.',
  ConsumerGroupMetadata: 'a consumer group: its epoch.',
  ConsumerGroupPartitionMetadata: 'the topics of a consumer group; no longer written.',
  ConsumerGroupMemberMetadata: 'a member of a consumer group, and what it subscribes to.',
  ConsumerGroupTargetAssignmentMetadata: 'the epoch of the target assignment of a consumer group.',
  ConsumerGroupTargetAssignmentMember: 'the partitions that a member of a consumer group shall have.',
  ConsumerGroupCurrentMemberAssignment: 'the partitions that a member of a consumer group has.',
  ConsumerGroupRegularExpression: 'the topics that a pattern of a consumer group matches.',
  ShareGroupMetadata: 'a share group: its epoch.',
  ShareGroupMemberMetadata: 'a member of a share group, and what it subscribes to.',
  ShareGroupTargetAssignmentMetadata: 'the epoch of the target assignment of a share group.',
  ShareGroupTargetAssignmentMember: 'the partitions that a member of a share group shall have.',
  ShareGroupCurrentMemberAssignment: 'the partitions that a member of a share group has.',
  ShareGroupStatePartitionMetadata: 'the partitions whose state a share group has created, or is about to.',
  StreamsGroupMetadata: 'a streams group: its epoch.',
  StreamsGroupMemberMetadata: 'a member of a streams group.',
  StreamsGroupTopology: 'the topology of a streams group.',
  StreamsGroupTargetAssignmentMetadata: 'the epoch of the target assignment of a streams group.',
  StreamsGroupTargetAssignmentMember: 'the tasks that a member of a streams group shall have.',
  StreamsGroupCurrentMemberAssignment: 'the tasks that a member of a streams group has.',
  // __transaction_state
  TransactionLog: 'a transactional id, and the state of its transaction.',
  // __share_group_state
  ShareSnapshot: 'the whole state of a share partition.',
  ShareUpdate: 'a change of the state of a share partition since its last snapshot.',
}
