/** AlterClientQuotas, key 49, versions 0 to 1: forwarded to the controller; each entity succeeds or fails for itself. v1 is flexible. */
import {
  type AlterClientQuotasRequest,
  type AlterClientQuotasResponse,
  alterClientQuotasResponse,
  createMessage,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const alterClientQuotasApi = defineApi<AlterClientQuotasRequest, AlterClientQuotasResponse>({
  key: 49,

  handle(core, request, call) {
    call.rights.require('ALTER_CONFIGS', 'CLUSTER')
    return core.metadata.submit(controller => controller.alterClientQuotas(request))
  },

  refuse: (request, errorCode) =>
    createMessage(alterClientQuotasResponse, {
      entries: request.entries.map(({ entity }) => ({
        errorCode,
        errorMessage: null,
        entity: entity.map(each => ({ ...each })),
      })),
    }),
})
