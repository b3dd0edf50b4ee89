/** ElectLeaders: bringing leadership back to the preferred replica, or, if asked for, to a replica that may have lost records. */
import {
  createMessage,
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  type ElectLeadersResponsePartitionResult,
  electLeadersResponse,
  errorCodes,
  type MetadataRecord,
} from '@dorsale/protocol'
import type { TopicImage } from '../metadata/image.ts'
import type { ControllerContext } from './context.ts'
import { noLeader } from './partition-change.ts'
import { isActive, partitionChangeRecordOf } from './partitions.ts'
import type { ControllerResult } from './result.ts'

/** Kafka's numbers of what is asked for. */
const electionTypes = { preferred: 0, unclean: 1 } as const
const electionNotNeeded = 'Leader election not needed for topic partition.'

/** Each partition succeeds or fails for itself. Without a list all are tried, and those that need nothing are left out of the answer. */
export function electLeaders(
  context: ControllerContext,
  request: ElectLeadersRequest,
): ControllerResult<ElectLeadersResponse> {
  const { electionType } = request
  if (electionType !== electionTypes.preferred && electionType !== electionTypes.unclean) return unknownType(request)
  const records: MetadataRecord[] = []
  const reply = createMessage(electLeadersResponse)
  const isUnclean = electionType === electionTypes.unclean
  if (request.topicPartitions === null) {
    for (const topic of context.metadata.topicsByName.values()) {
      const partitionResult = topic.partitions
        .map((_, partitionId) => elect(context, { name: topic.name, topic, partitionId }, isUnclean, records))
        .filter(({ errorCode }) => errorCode !== errorCodes.ELECTION_NOT_NEEDED)
      reply.replicaElectionResults.push({ topic: topic.name, partitionResult })
    }
  } else {
    for (const { topic: name, partitions } of request.topicPartitions) {
      const topic = context.metadata.topicsByName.get(name)
      const partitionResult = partitions.map(partitionId =>
        elect(context, { name, topic, partitionId }, isUnclean, records),
      )
      reply.replicaElectionResults.push({ topic: name, partitionResult })
    }
  }
  return { records, reply }
}

/** The error is of the whole, and told of each partition as well; who asks for no partition hears of none. */
function unknownType({ electionType, topicPartitions }: ElectLeadersRequest): ControllerResult<ElectLeadersResponse> {
  if (topicPartitions?.length === 0) return { records: [], reply: createMessage(electLeadersResponse) }
  const { INVALID_REQUEST: errorCode } = errorCodes
  const errorMessage = `Unknown election type ${electionType}`
  const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map(partitionId => ({ partitionId, errorCode, errorMessage })),
  }))
  return { records: [], reply: createMessage(electLeadersResponse, { errorCode, replicaElectionResults }) }
}

interface Place {
  readonly name: string
  readonly topic: TopicImage | undefined
  readonly partitionId: number
}

function elect(
  context: ControllerContext,
  { name, topic, partitionId }: Place,
  isUnclean: boolean,
  records: MetadataRecord[],
): ElectLeadersResponsePartitionResult {
  const answer = (errorCode: number, errorMessage: string | null) => ({ partitionId, errorCode, errorMessage })
  if (topic === undefined) return answer(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${name}`)
  const partition = topic.partitions[partitionId]
  if (partition === undefined) {
    return answer(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `No such partition as ${name}-${partitionId}`)
  }
  const isDone = isUnclean ? partition.leader !== noLeader : partition.leader === partition.replicas[0]
  if (isDone) return answer(errorCodes.ELECTION_NOT_NEEDED, electionNotNeeded)
  const election = isUnclean ? 'unclean' : 'preferred'
  const record = partitionChangeRecordOf(context, { topic, partitionId }, { election })
  if (record?.type === 'PartitionChangeRecord' && record.value.leader >= 0) {
    records.push(record)
    return answer(errorCodes.NONE, null)
  }
  if (isUnclean) {
    return answer(errorCodes.ELIGIBLE_LEADERS_NOT_AVAILABLE, 'Eligible topic partition leaders are not available.')
  }
  const preferred = partition.replicas[0]!
  const reason = isActive(context, preferred) ? 'is not in sync' : 'is not alive'
  return answer(
    errorCodes.PREFERRED_LEADER_NOT_AVAILABLE,
    `The preferred leader ${preferred} of ${name}-${partitionId} ${reason}.`,
  )
}
