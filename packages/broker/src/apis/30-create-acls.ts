/** CreateAcls, key 30, versions 1 to 3: there is no authorizer that could hold the rules (SECURITY_DISABLED), as in a Kafka without one. */
import {
  type CreateAclsRequest,
  type CreateAclsResponse,
  createAclsResponse,
  createMessage,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const createAclsApi = defineApi<CreateAclsRequest, CreateAclsResponse>({
  key: 30,

  handle: (_core, request) => refused(request, errorCodes.SECURITY_DISABLED, 'No Authorizer is configured.'),

  refuse: (request, errorCode) => refused(request, errorCode, null),
})

function refused({ creations }: CreateAclsRequest, errorCode: number, errorMessage: string | null): CreateAclsResponse {
  return createMessage(createAclsResponse, { results: creations.map(() => ({ errorCode, errorMessage })) })
}
