/**
 * SaslHandshake, key 17, versions 0 to 1: names the mechanism by which the client shows who it is. Listeners that ask for it have answered before a handler is asked
 * (`SaslGate`); what comes here is out of place: at a listener that asks nobody, or from a client that was let in and need not, or may not yet, show itself anew.
 */
import {
  createMessage,
  errorCodes,
  type SaslHandshakeRequest,
  type SaslHandshakeResponse,
  saslHandshakeResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const saslHandshakeApi = defineApi<SaslHandshakeRequest, SaslHandshakeResponse>({
  key: 17,

  handle: () => createMessage(saslHandshakeResponse, { errorCode: errorCodes.ILLEGAL_SASL_STATE }),

  refuse: (_request, errorCode) => createMessage(saslHandshakeResponse, { errorCode }),
})
