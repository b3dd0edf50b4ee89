/**
 * AddRaftVoter (80, versions 0 to 1) and RemoveRaftVoter (81, version 0): the quorum of this node has one voter, and stays so. What Kafka refuses is
 * refused as Kafka does; a voter that it would take is refused too (UNSUPPORTED_VERSION), since a quorum of several is not served.
 */
import {
  type AddRaftVoterRequest,
  type AddRaftVoterResponse,
  addRaftVoterResponse,
  createMessage,
  errorCodes,
  ProtocolError,
  type RemoveRaftVoterRequest,
  type RemoveRaftVoterResponse,
  removeRaftVoterResponse,
  zeroUuid,
} from '@dorsale/protocol'
import { type ApiHandler, defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'

const addApi = defineApi<AddRaftVoterRequest, AddRaftVoterResponse>({
  key: 80,
  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return createMessage(addRaftVoterResponse, answerOf(addProblem(core, request)))
  },
  refuse: (_request, errorCode) => createMessage(addRaftVoterResponse, { errorCode, errorMessage: null }),
})

const removeApi = defineApi<RemoveRaftVoterRequest, RemoveRaftVoterResponse>({
  key: 81,
  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return createMessage(removeRaftVoterResponse, answerOf(removeProblem(core, request)))
  },
  refuse: (_request, errorCode) => createMessage(removeRaftVoterResponse, { errorCode, errorMessage: null }),
})

export const raftVoterApis: readonly ApiHandler[] = [addApi, removeApi]

function addProblem(core: BrokerCore, request: AddRaftVoterRequest): ProtocolError {
  const { voterId, voterDirectoryId, listeners } = request
  const stranger = clusterProblem(core, request.clusterId)
  if (stranger !== undefined) return stranger
  if (voterId < 0 || voterDirectoryId === zeroUuid) {
    return new ProtocolError(errorCodes.INVALID_REQUEST, "Add voter request didn't include a valid voter")
  }
  const listener = core.config.controllerListeners[0]!.listenerName
  if (!listeners.some(({ name }) => name.toUpperCase() === listener)) {
    return new ProtocolError(
      errorCodes.INVALID_REQUEST,
      `Add voter request didn't include the endpoint for the default listener ${listener}`,
    )
  }
  if (core.quorum().voters.some(({ id }) => id === voterId)) {
    return new ProtocolError(
      errorCodes.DUPLICATE_VOTER,
      `The voter id for ${voterText(voterId, voterDirectoryId)} is already part of the set of voters ${votersText(core)}.`,
    )
  }
  return new ProtocolError(
    errorCodes.UNSUPPORTED_VERSION,
    'A quorum of several voters is not served: this node is the only voter of its metadata log.',
  )
}

function removeProblem(core: BrokerCore, request: RemoveRaftVoterRequest): ProtocolError {
  const { voterId, voterDirectoryId } = request
  const stranger = clusterProblem(core, request.clusterId)
  if (stranger !== undefined) return stranger
  if (voterId < 0 || voterDirectoryId === zeroUuid) {
    return new ProtocolError(errorCodes.INVALID_REQUEST, "Remove voter request didn't include a valid voter")
  }
  // The last voter cannot leave: there would be nobody to say so.
  return new ProtocolError(
    errorCodes.VOTER_NOT_FOUND,
    `Cannot remove voter ${voterText(voterId, voterDirectoryId)} from the set of voters ${votersText(core)}`,
  )
}

function clusterProblem(core: BrokerCore, clusterId: string | null): ProtocolError | undefined {
  if (clusterId === null || clusterId === core.clusterId) return undefined
  return new ProtocolError(
    errorCodes.INCONSISTENT_CLUSTER_ID,
    `The given id "${clusterId}" doesn't match the cluster id "${core.clusterId}"`,
  )
}

function voterText(id: number, directoryId: string): string {
  return `ReplicaKey(id=${id}, directoryId=${directoryId})`
}

function votersText(core: BrokerCore): string {
  return `[${core
    .quorum()
    .voters.map(({ id, directoryId }) => voterText(id, directoryId))
    .join(', ')}]`
}

function answerOf({ errorCode, message }: ProtocolError) {
  return { errorCode, errorMessage: message }
}
