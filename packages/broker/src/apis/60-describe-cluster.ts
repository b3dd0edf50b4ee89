/**
 * DescribeCluster, key 60, versions 0 to 2: the cluster's id, its controller and its brokers.
 *
 * - v1 asks for brokers (1) or controllers (2): a broker's listener answers only the former, a controller's only the latter (KIP-919); v2 can include fenced brokers.
 */
import {
  createMessage,
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  describeClusterResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { clusterOperations } from '../security/rights.ts'

export const describeClusterApi = defineApi<DescribeClusterRequest, DescribeClusterResponse>({
  key: 60,

  handle(core, request, call) {
    const { endpointType } = request
    const problem = mismatch(endpointType, 'broker')
    if (problem !== undefined) return problem
    const known = core.endpoints.registered(call.connection)
    return createMessage(describeClusterResponse, {
      endpointType,
      clusterId: core.clusterId,
      controllerId: core.endpoints.find(core.nodeId, call.connection)?.nodeId ?? -1,
      brokers: known
        .filter(({ isFenced }) => !isFenced || request.includeFencedBrokers)
        .map(({ nodeId, ...broker }) => ({ brokerId: nodeId, ...broker })),
      clusterAuthorizedOperations: clusterOperations(call.rights, request),
    })
  },

  refuse: (_request, errorCode) => refused(errorCode, null),
})

/** Of the controller's listeners. Controllers are not fenced, and have no racks. */
export const controllerDescribeClusterApi = defineApi<DescribeClusterRequest, DescribeClusterResponse>({
  key: 60,

  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    const { endpointType } = request
    const problem = mismatch(endpointType, 'controller')
    if (problem !== undefined) return problem
    const { leaderId, voters } = core.quorum()
    return createMessage(describeClusterResponse, {
      endpointType,
      clusterId: core.clusterId,
      controllerId: leaderId,
      // The only voter is this node (ADR 0007), and who asks has found it: the voter set may name it otherwise.
      brokers: voters.map(({ id }) => ({ brokerId: id, ...core.endpoints.reached(call.connection) })),
      clusterAuthorizedOperations: clusterOperations(call.rights, request),
    })
  },

  refuse: (_request, errorCode) => refused(errorCode, null),
})

const endpointTypes = { broker: 1, controller: 2 } as const

/** The refusal of who wants the other kind of nodes, or none that there is. */
function mismatch(asked: number, own: keyof typeof endpointTypes): DescribeClusterResponse | undefined {
  if (asked === endpointTypes[own]) return undefined
  const wanted =
    asked === endpointTypes.broker ? 'BROKER' : asked === endpointTypes.controller ? 'CONTROLLER' : undefined
  if (wanted === undefined) return refused(errorCodes.UNSUPPORTED_ENDPOINT_TYPE, `Unsupported endpoint type ${asked}`)
  const text = `The request was sent to an endpoint of type ${own.toUpperCase()}, but we wanted an endpoint of type ${wanted}`
  return refused(errorCodes.MISMATCHED_ENDPOINT_TYPE, text)
}

function refused(errorCode: number, errorMessage: string | null): DescribeClusterResponse {
  return createMessage(describeClusterResponse, { errorCode, errorMessage })
}
