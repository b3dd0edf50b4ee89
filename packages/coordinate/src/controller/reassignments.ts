/** Moving partitions to other replicas: begun and cancelled here, completed by the ISR changes of `partition-change.ts`, listed while it lasts. */
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsRequestReassignablePartition,
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsResponse,
  createMessage,
  errorCodes,
  type MetadataRecord,
  ProtocolError,
} from '@dorsale/protocol'
import type { PartitionImage, TopicImage } from '../metadata/image.ts'
import { checkAssignment } from './assignments.ts'
import type { ControllerContext } from './context.ts'
import { partitionChangeRecordOf } from './partitions.ts'
import type { ControllerResult } from './result.ts'

/** Each partition succeeds or fails for itself. Null replicas cancel what is under way. */
export function alterPartitionReassignments(
  context: ControllerContext,
  request: AlterPartitionReassignmentsRequest,
): ControllerResult<AlterPartitionReassignmentsResponse> {
  // Kafka answers with the defaults of the response, whatever the request allows.
  if (request.topics.length === 0) return { records: [], reply: createMessage(alterPartitionReassignmentsResponse) }
  const records: MetadataRecord[] = []
  const { allowReplicationFactorChange } = request
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(asked => {
      try {
        const record = reassign(context, name, asked, allowReplicationFactorChange)
        if (record !== undefined) records.push(record)
        return { partitionIndex: asked.partitionIndex, errorCode: errorCodes.NONE, errorMessage: null }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        const { errorCode, message } = error
        // Kafka leaves this one without a text.
        const errorMessage = errorCode === errorCodes.NO_REASSIGNMENT_IN_PROGRESS ? null : message
        return { partitionIndex: asked.partitionIndex, errorCode, errorMessage }
      }
    }),
  }))
  return {
    records,
    reply: createMessage(alterPartitionReassignmentsResponse, {
      allowReplicationFactorChange,
      errorMessage: null,
      responses,
    }),
  }
}

function reassign(
  context: ControllerContext,
  name: string,
  asked: AlterPartitionReassignmentsRequestReassignablePartition,
  allowReplicationFactorChange: boolean,
): MetadataRecord | undefined {
  const { partitionIndex, replicas } = asked
  const topic = context.metadata.topicsByName.get(name)
  if (topic === undefined) {
    throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find a topic named ${name}.`)
  }
  const partition = topic.partitions[partitionIndex]
  if (partition === undefined) {
    throw new ProtocolError(
      errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
      `Unable to find partition ${name}:${partitionIndex}.`,
    )
  }
  const place = { topic, partitionId: partitionIndex }
  if (replicas === null) return cancel(context, place, partition)
  const former = formerReplicas(partition)
  checkAssignment(context, replicas, undefined)
  if (!allowReplicationFactorChange && replicas.length !== former.length) {
    throw new ProtocolError(
      errorCodes.INVALID_REPLICATION_FACTOR,
      `The replication factor is changed from ${former.length} to ${replicas.length}`,
    )
  }
  return begin(context, place, replicas, partition)
}

interface Place {
  readonly topic: TopicImage
  readonly partitionId: number
}

/** The replicas there are and those to come hold the partition together, until those to come are in sync. */
function begin(
  context: ControllerContext,
  place: Place,
  target: readonly number[],
  partition: PartitionImage,
): MetadataRecord | undefined {
  const former = formerReplicas(partition)
  const addingReplicas = target.filter(id => !former.includes(id))
  const removingReplicas = former.filter(id => !target.includes(id))
  const replicas = [...target, ...removingReplicas]
  return partitionChangeRecordOf(context, place, { replicas, addingReplicas, removingReplicas })
}

function cancel(context: ControllerContext, place: Place, partition: PartitionImage): MetadataRecord | undefined {
  if (partition.addingReplicas.length + partition.removingReplicas.length === 0) {
    throw new ProtocolError(errorCodes.NO_REASSIGNMENT_IN_PROGRESS)
  }
  const replicas = formerReplicas(partition)
  const isr = partition.isr.filter(id => replicas.includes(id))
  if (isr.length === 0) {
    throw new ProtocolError(
      errorCodes.INVALID_REPLICA_ASSIGNMENT,
      'None of the replicas to go back to is in sync: the cancellation would lose records.',
    )
  }
  return partitionChangeRecordOf(context, place, { replicas, isr, addingReplicas: [], removingReplicas: [] })
}

/** The replicas as they were before the reassignment that is under way, if any. */
function formerReplicas({ replicas, addingReplicas }: PartitionImage): readonly number[] {
  return replicas.filter(id => !addingReplicas.includes(id))
}
