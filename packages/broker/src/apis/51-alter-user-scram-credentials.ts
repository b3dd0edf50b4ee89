/**
 * AlterUserScramCredentials, key 51, version 0: forwarded to the controller, which keeps what RFC 5802 makes of the salted password. No listener asks for
 * them yet; a Kafka that is started on the directory does.
 */
import {
  type AlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsResponse,
  alterUserScramCredentialsResponse,
  createMessage,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const alterUserScramCredentialsApi = defineApi<
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse
>({
  key: 51,

  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return core.metadata.submit(controller => controller.alterScramCredentials(request))
  },

  refuse(request, errorCode) {
    const users = new Set([...request.deletions, ...request.upsertions].map(({ name }) => name))
    return createMessage(alterUserScramCredentialsResponse, {
      results: [...users].map(user => ({ user, errorCode, errorMessage: null })),
    })
  },
})
