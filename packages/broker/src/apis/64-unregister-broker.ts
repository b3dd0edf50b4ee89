/** UnregisterBroker, key 64, version 0: forwarded to the controller, which takes a broker that is gone for good off the cluster's books. */
import {
  createMessage,
  ProtocolError,
  type UnregisterBrokerRequest,
  type UnregisterBrokerResponse,
  unregisterBrokerResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const unregisterBrokerApi = defineApi<UnregisterBrokerRequest, UnregisterBrokerResponse>({
  key: 64,

  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return core.metadata
      .submit(controller => controller.unregisterBroker(request))
      .catch((error: unknown) => {
        if (!(error instanceof ProtocolError)) throw error
        return refused(error.errorCode, error.message)
      })
  },

  refuse: (_request, errorCode) => refused(errorCode, null),
})

function refused(errorCode: number, errorMessage: string | null): UnregisterBrokerResponse {
  return createMessage(unregisterBrokerResponse, { errorCode, errorMessage })
}
