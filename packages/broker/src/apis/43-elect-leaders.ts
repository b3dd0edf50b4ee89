/**
 * ElectLeaders, key 43, versions 0 to 2: forwarded to the controller. v0 knows preferred leaders only; v1 the type of election; v2 is flexible. Null asks
 * for every partition, and answers those that were tried.
 */
import {
  createMessage,
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  electLeadersResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const electLeadersApi = defineApi<ElectLeadersRequest, ElectLeadersResponse>({
  key: 43,

  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return core.metadata.submit(controller => controller.electLeaders(request))
  },

  refuse: ({ topicPartitions }, errorCode, apiVersion) =>
    createMessage(electLeadersResponse, {
      errorCode: apiVersion >= 1 ? errorCode : 0,
      replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
        topic,
        partitionResult: partitions.map(partitionId => ({ partitionId, errorCode, errorMessage: null })),
      })),
    }),
})
