/**
 * DescribeCluster, key 60, versions 0 to 2: the cluster's id, its controller and its brokers.
 *
 * - v1 asks for brokers (1) or controllers (2): a broker's listener answers only the former; v2 can include fenced brokers.
 */
import {
  createMessage,
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  describeClusterResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { clusterOperations, operationsNotAsked } from '../authorized-operations.ts'

export const describeClusterApi = defineApi<DescribeClusterRequest, DescribeClusterResponse>({
  key: 60,

  handle(core, request, call) {
    const { endpointType } = request
    if (endpointType === endpointTypes.controller) {
      return refused(
        errorCodes.MISMATCHED_ENDPOINT_TYPE,
        'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
      )
    }
    if (endpointType !== endpointTypes.broker) {
      return refused(errorCodes.UNSUPPORTED_ENDPOINT_TYPE, `Unsupported endpoint type ${endpointType}`)
    }
    const known = core.endpoints.registered(call.connection)
    return createMessage(describeClusterResponse, {
      endpointType,
      clusterId: core.clusterId,
      controllerId: core.endpoints.find(core.nodeId, call.connection)?.nodeId ?? -1,
      brokers: known
        .filter(({ isFenced }) => !isFenced || request.includeFencedBrokers)
        .map(({ nodeId, ...broker }) => ({ brokerId: nodeId, ...broker })),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? clusterOperations : operationsNotAsked,
    })
  },

  refuse: (_request, errorCode) => refused(errorCode, null),
})

const endpointTypes = { broker: 1, controller: 2 } as const

function refused(errorCode: number, errorMessage: string | null): DescribeClusterResponse {
  return createMessage(describeClusterResponse, { errorCode, errorMessage })
}
