/** SaslAuthenticate, key 36, versions 0 to 2: a step of the exchange that shows who the client is. What comes here is out of place, as in `17-sasl-handshake.ts`. */
import {
  createMessage,
  errorCodes,
  type SaslAuthenticateRequest,
  type SaslAuthenticateResponse,
  saslAuthenticateResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const saslAuthenticateApi = defineApi<SaslAuthenticateRequest, SaslAuthenticateResponse>({
  key: 36,

  handle: () =>
    createMessage(saslAuthenticateResponse, {
      errorCode: errorCodes.ILLEGAL_SASL_STATE,
      errorMessage: 'SaslAuthenticate request received after successful authentication',
    }),

  refuse: (_request, errorCode) => createMessage(saslAuthenticateResponse, { errorCode }),
})
