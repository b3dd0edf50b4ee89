import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
  AlterConfigsRequest,
  AlterConfigsResponse,
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
  AlterPartitionRequest,
  AlterPartitionResponse,
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
  BrokerHeartbeatRequest,
  BrokerHeartbeatResponse,
  BrokerRegistrationRequest,
  BrokerRegistrationResponse,
  ControllerRegistrationRequest,
  CreatePartitionsRequest,
  CreatePartitionsResponse,
  CreateTopicsRequest,
  CreateTopicsResponse,
  DeleteTopicsRequest,
  DeleteTopicsResponse,
  ElectLeadersRequest,
  ElectLeadersResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  MetadataRecord,
  UnregisterBrokerRequest,
  UnregisterBrokerResponse,
  UpdateFeaturesRequest,
  UpdateFeaturesResponse,
} from '@dorsale/protocol'
import { abortTransaction, bootstrapRecords, registerController } from './activation.ts'
import { brokerHeartbeat, fenceStaleBroker, registerBroker, unregisterBroker } from './brokers.ts'
import { alterClientQuotas } from './client-quotas.ts'
import { incrementalAlterConfigs, legacyAlterConfigs } from './configs.ts'
import type { ControllerContext } from './context.ts'
import { electLeaders } from './elections.ts'
import { type UpdateOptions, updateFeatures } from './features.ts'
import { allocateProducerIds } from './producer-ids.ts'
import { alterPartitionReassignments } from './reassignments.ts'
import { alterPartition, assignReplicasToDirs } from './replicas.ts'
import type { ControllerResult } from './result.ts'
import { alterScramCredentials } from './scram-credentials.ts'
import { createPartitions, createTopics, deleteTopics, type PartitionCharge } from './topics.ts'

/**
 * The active controller's decisions, one method per request: given the metadata as appended so far, which records make the request true,
 * and what to answer. Nothing is changed here but soft state (sessions); the caller appends the records and replays them.
 *
 * Methods throw a `ProtocolError` when the whole request fails. `now` is monotonic, in milliseconds.
 */
export class Controller {
  readonly #context: ControllerContext

  constructor(context: ControllerContext) {
    this.#context = context
  }

  /** `charge` is told, here and below, how many partitions each topic adds or takes away, and throws to refuse that topic (KIP-599). */
  createTopics(request: CreateTopicsRequest, charge?: PartitionCharge): ControllerResult<CreateTopicsResponse> {
    return createTopics(this.#context, request, charge)
  }

  deleteTopics(request: DeleteTopicsRequest, charge?: PartitionCharge): ControllerResult<DeleteTopicsResponse> {
    return deleteTopics(this.#context, request, charge)
  }

  createPartitions(
    request: CreatePartitionsRequest,
    charge?: PartitionCharge,
  ): ControllerResult<CreatePartitionsResponse> {
    return createPartitions(this.#context, request, charge)
  }

  incrementalAlterConfigs(request: IncrementalAlterConfigsRequest): ControllerResult<IncrementalAlterConfigsResponse> {
    return incrementalAlterConfigs(this.#context, request)
  }

  alterConfigs(request: AlterConfigsRequest): ControllerResult<AlterConfigsResponse> {
    return legacyAlterConfigs(this.#context, request)
  }

  alterClientQuotas(request: AlterClientQuotasRequest): ControllerResult<AlterClientQuotasResponse> {
    return alterClientQuotas(this.#context, request)
  }

  alterScramCredentials(
    request: AlterUserScramCredentialsRequest,
  ): ControllerResult<AlterUserScramCredentialsResponse> {
    return alterScramCredentials(this.#context, request)
  }

  /** Makes a decision that is not loaded with the others: see `aclDecisions`. */
  decide<Reply>(decision: (context: ControllerContext) => ControllerResult<Reply>): ControllerResult<Reply> {
    return decision(this.#context)
  }

  electLeaders(request: ElectLeadersRequest): ControllerResult<ElectLeadersResponse> {
    return electLeaders(this.#context, request)
  }

  alterPartitionReassignments(
    request: AlterPartitionReassignmentsRequest,
  ): ControllerResult<AlterPartitionReassignmentsResponse> {
    return alterPartitionReassignments(this.#context, request)
  }

  updateFeatures(request: UpdateFeaturesRequest, options: UpdateOptions): ControllerResult<UpdateFeaturesResponse> {
    return updateFeatures(this.#context, request, options)
  }

  registerBroker(request: BrokerRegistrationRequest, now: number): ControllerResult<BrokerRegistrationResponse> {
    return registerBroker(this.#context, request, now)
  }

  brokerHeartbeat(request: BrokerHeartbeatRequest, now: number): ControllerResult<BrokerHeartbeatResponse> {
    return brokerHeartbeat(this.#context, request, now)
  }

  unregisterBroker(request: UnregisterBrokerRequest): ControllerResult<UnregisterBrokerResponse> {
    return unregisterBroker(this.#context, request)
  }

  allocateProducerIds(request: AllocateProducerIdsRequest): ControllerResult<AllocateProducerIdsResponse> {
    return allocateProducerIds(this.#context, request)
  }

  alterPartition(request: AlterPartitionRequest): ControllerResult<AlterPartitionResponse> {
    return alterPartition(this.#context, request)
  }

  assignReplicasToDirs(request: AssignReplicasToDirsRequest): ControllerResult<AssignReplicasToDirsResponse> {
    return assignReplicasToDirs(this.#context, request)
  }

  registerController(request: ControllerRegistrationRequest): ControllerResult<undefined> {
    return registerController(this.#context, request)
  }

  /** Fences the broker that has been silent beyond its session, if any; answers its id. */
  fenceStaleBroker(now: number): ControllerResult<number | undefined> {
    return fenceStaleBroker(this.#context, now)
  }

  /** Drops the metadata transaction that a former controller left open. */
  abortTransaction(): ControllerResult<undefined> {
    return { records: abortTransaction(), reply: undefined }
  }

  /** The first records of an empty log. */
  bootstrap(records: readonly MetadataRecord[]): ControllerResult<undefined> {
    return { records: bootstrapRecords(this.#context, records), reply: undefined }
  }
}
