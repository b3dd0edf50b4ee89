import { errorCodes } from '@dorsale/protocol'

/** Differences that are meant or known, each with its reason. A row that explains nothing any more is named at the end of a run, and goes. */

export interface ExpectedDifference {
  /** `<API>: <name of the step>`, with `*` for anything. */
  readonly step: string
  /** Path of the field, with `*` for anything. */
  readonly path: string
  /** What Kafka has there, or whether that is what it has; left out: whatever it has. */
  readonly kafka?: unknown
  readonly reason: string
}

const randomTransaction =
  'Ids, epochs and states that no transaction has: which of several faults is named first hangs on the order of the checks.'
const unlikely = 'No client sends it, and nothing hangs on the answer.'
const transactionTwice = `A transaction that is named twice: Kafka fails inside, and never answers. ${unlikely}`
const followers = 'Fetches of followers are not served (KNOWN-GAPS).'
// The first is Kafka's code of an exception that it did not foresee.
const { UNKNOWN_SERVER_ERROR, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_LEADER_EPOCH, INVALID_CONFIG, INVALID_RECORD } =
  errorCodes

const leftGroup =
  'Kafka finds a group there, most likely the one that AlterShareGroupOffsets leaves behind where it fails inside.'

const topicWithoutName = `A topic whose name is empty: Kafka takes it for that of a cursor that is not there, and fails inside for all of them. ${unlikely}`

/** APIs that are not served: those of streams groups, and the one that takes a controller out of the cluster (KNOWN-GAPS). */
const notServed = [88, 89, 93, 94]

/** Whether Kafka has this of the topic that it makes: its id, its size, its settings. */
function isOfMadeTopic(value: unknown): boolean {
  return /^#/.test(String(value)) || value === 0 || value === 1 || value === 2 || Object(value).name !== undefined
}

/** Tells of an element that Kafka alone has whether every error in it is this one. */
function refusedWith(code: number): (element: unknown) => boolean {
  return element => {
    const codes = [...(JSON.stringify(element) ?? '').matchAll(/rrorCode":(-?\d+)/g)].map(([, text]) => Number(text))
    return codes.length > 0 && codes.every(each => each === code)
  }
}

const madeMeanwhile = 'Kafka lets the client ask again while a topic is made; our controller is in the process.'

const ownTexts: ExpectedDifference = {
  step: '*',
  path: '*rrorMessage',
  reason: 'Error texts are ours: what is wrong, where, what to do. Codes are compared.',
}

export const expectedDifferences: readonly ExpectedDifference[] = [
  ownTexts,
  {
    step: 'FindCoordinator: of share partitions',
    path: 'coordinators*.key',
    reason: 'The key holds the id of a topic, which each broker draws.',
  },
  {
    step: 'DescribeLogDirs: *',
    path: '*topics[__share_group_state].partitions*.partitionSize',
    reason: 'In which of its partitions a state lies hangs on the id of a topic, which each broker draws.',
  },
  ...notServed.map(apiKey => ({
    step: 'ApiVersions: *',
    path: `apiKeys[${apiKey}]`,
    reason: 'What is not served is not advertised (KNOWN-GAPS names it).',
  })),
  ...['highWatermark', 'currentVoters*.logEndOffset'].map(field => ({
    step: 'DescribeQuorum: the quorum',
    path: `topics[__cluster_metadata].partitions*.${field}`,
    reason: 'How long the metadata log is hangs on what each broker writes at its start.',
  })),
  {
    step: 'DescribeConfigs: every setting of the broker',
    path: '*configs[listener.security.protocol.map]*',
    reason:
      'Dorsale starts from the file that Kafka ships, which names more protocols than the properties of this run.',
  },
  {
    step: 'CreateTopics: leader.replication.throttled.replicas=0:1,',
    path: 'topics[configured].*',
    kafka: isOfMadeTopic,
    reason: "An empty entry at the end of a list is refused; Java's split passes over it.",
  },
  {
    step: 'Produce: *',
    path: '*.logStartOffset',
    kafka: -1,
    reason: 'Kafka leaves it out where the request, not the log, refuses the records.',
  },
  {
    step: 'Produce: generated *',
    path: '*.errorCode',
    kafka: INVALID_RECORD,
    reason: 'Records that are both not whole and not acceptable: either code is true.',
  },
  {
    step: 'Fetch: of an isolation that does not exist',
    path: 'errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `Kafka fails inside. ${unlikely}`,
  },
  {
    step: 'Fetch: of an isolation that does not exist',
    path: 'responses[*]',
    kafka: undefined,
    reason: `Kafka fails inside, and answers nothing of the topics. ${unlikely}`,
  },
  {
    step: 'Produce: generated *',
    path: 'outcome',
    kafka: 'no answer',
    reason: `Records that are null: Kafka fails inside, and never answers. ${unlikely}`,
  },
  {
    step: 'Metadata: generated *',
    path: '*rrorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `A topic with neither name nor id: Kafka fails inside. ${unlikely}`,
  },
  {
    step: 'DescribeTopicPartitions: generated *',
    path: 'topics*.errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: topicWithoutName,
  },
  {
    step: 'DescribeTopicPartitions: generated *',
    path: 'topics*.topicId',
    kafka: 'AAAAAAAAAAAAAAAAAAAAAA',
    reason: topicWithoutName,
  },
  {
    step: 'DescribeTopicPartitions: generated *',
    path: 'topics*.topicAuthorizedOperations',
    kafka: -2_147_483_648,
    reason: topicWithoutName,
  },
  { step: 'Fetch: as a follower', path: '*.currentLeader.leaderId', kafka: 1, reason: followers },
  { step: 'Fetch: as a follower', path: '*.currentLeader.leaderEpoch', kafka: 0, reason: followers },
  { step: 'Fetch: *', path: '*.abortedTransactions', kafka: null, reason: followers },
  {
    step: 'Fetch: generated *',
    path: '*.errorCode',
    kafka: UNKNOWN_LEADER_EPOCH,
    reason: `A follower that is not there, with an epoch that is not either. ${unlikely}`,
  },
  {
    step: 'Fetch: generated *',
    path: 'errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `Partitions below 0, and topics without an id: Kafka fails inside. ${unlikely}`,
  },
  {
    step: 'Fetch: generated *',
    path: 'responses[*]',
    kafka: undefined,
    reason: `Partitions below 0, and topics without an id: Kafka fails inside, and answers nothing of the topics. ${unlikely}`,
  },
  {
    step: 'DescribeShareGroupOffsets: generated *',
    path: 'groups*.errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `Partitions below 0: Kafka fails inside. ${unlikely}`,
  },
  {
    step: 'DescribeShareGroupOffsets: generated *',
    path: 'groups*.topics[*]',
    kafka: undefined,
    reason: `Partitions below 0: Kafka fails inside, and names no topic. ${unlikely}`,
  },
  {
    step: 'DescribeShareGroupOffsets: generated *',
    path: 'outcome',
    kafka: 'no answer',
    reason: `A topic and a partition that are not there, of one group: Kafka fails inside, and never answers. ${unlikely}`,
  },
  {
    step: 'AlterShareGroupOffsets: generated *',
    path: 'errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `Partitions below 0: Kafka fails inside, and the group is there all the same. ${unlikely}`,
  },
  {
    step: 'AlterShareGroupOffsets: generated *',
    path: 'responses[*]',
    kafka: undefined,
    reason: `Partitions below 0: Kafka fails inside, and names no partition. ${unlikely}`,
  },
  {
    step: 'DeleteShareGroupOffsets: generated *',
    path: 'errorCode',
    kafka: 0,
    reason: leftGroup,
  },
  {
    step: 'DeleteShareGroupOffsets: generated *',
    path: 'responses[*]',
    kafka: refusedWith(UNKNOWN_TOPIC_OR_PARTITION),
    reason: leftGroup,
  },
  {
    step: 'IncrementalAlterConfigs: an operation that is not there',
    path: '*.errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `Kafka fails inside. ${unlikely}`,
  },
  {
    step: 'IncrementalAlterConfigs: generated *',
    path: '*.errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `Operations that are not there: Kafka fails inside. ${unlikely}`,
  },
  {
    step: '*Acls: generated *',
    path: 'outcome',
    kafka: 'connection closed',
    reason: 'Kafka closes the connection over values of its enumerations that do not exist.',
  },
  { step: 'AddPartitionsToTxn: generated *', path: '*rrorCode', reason: randomTransaction },
  { step: 'AddPartitionsToTxn: generated *', path: 'outcome', kafka: 'no answer', reason: transactionTwice },
  { step: 'AddOffsetsToTxn: generated *', path: 'errorCode', reason: randomTransaction },
  { step: 'EndTxn: generated *', path: 'errorCode', reason: randomTransaction },
  {
    step: 'AlterConfigs: generated *',
    path: '*.errorCode',
    kafka: INVALID_CONFIG,
    reason: `A topic that is not there, and a setting that is not either. ${unlikely}`,
  },
  {
    step: 'IncrementalAlterConfigs: generated *',
    path: '*.errorCode',
    kafka: INVALID_CONFIG,
    reason: `A topic that is not there, and an operation that its setting does not know. ${unlikely}`,
  },
  {
    step: 'WriteTxnMarkers: generated *',
    path: 'markers[*]',
    kafka: undefined,
    reason: 'Markers that name no topic are answered without, where Kafka leaves them out. Only brokers send it.',
  },
  {
    step: 'WriteTxnMarkers: generated *',
    path: '*.errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: 'A marker of a producer below 0: Kafka fails inside. Only brokers send it.',
  },
  {
    step: 'DescribeTopicPartitions: generated *',
    path: 'nextCursor*',
    reason: `A cursor at the greatest number of a partition: Kafka counts on from there below zero. ${unlikely}`,
  },
  {
    step: 'AlterConfigs: generated *',
    path: 'outcome',
    kafka: 'no answer',
    reason: `One name for resources of two types that do not exist: Kafka takes them for one, fails inside and never answers. ${unlikely}`,
  },
  {
    step: 'CreateDelegationToken: generated *',
    path: 'principal*',
    reason: 'Refused over PLAINTEXT by both; Kafka echoes the owner that was asked for.',
  },
  {
    step: 'CreateDelegationToken: generated *',
    path: 'errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: 'Refused over PLAINTEXT by both; Kafka fails inside over some of what else is wrong.',
  },
  { step: '*: generated *', path: '*[AAAA*', reason: `A topic with neither name nor id. ${unlikely}` },
  { step: '*: generated *', path: '*#2]*', reason: `A topic that is named twice, by name and by id. ${unlikely}` },
]

/** Between brokers with an authorizer. */
export const expectedOfAcls: readonly ExpectedDifference[] = [
  ownTexts,
  {
    step: 'CreateAcls: *',
    path: 'results[0].errorCode',
    kafka: UNKNOWN_SERVER_ERROR,
    reason: `What only a filter may say: Kafka fails inside. ${unlikely}`,
  },
  {
    step: 'Metadata: *created by the way',
    path: 'topics[*].errorCode',
    kafka: 3,
    reason: madeMeanwhile,
  },
  {
    step: 'Metadata: *created by the way',
    path: 'topics[*].topicId',
    kafka: 'AAAAAAAAAAAAAAAAAAAAAA',
    reason: madeMeanwhile,
  },
  {
    step: 'Metadata: *created by the way',
    path: 'topics[*].partitions[*]',
    kafka: undefined,
    reason: madeMeanwhile,
  },
]
