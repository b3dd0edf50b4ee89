/** DeleteAcls, key 31, versions 1 to 3: there is no authorizer, so there are no rules to delete (SECURITY_DISABLED), as in a Kafka without one. */
import {
  createMessage,
  type DeleteAclsRequest,
  type DeleteAclsResponse,
  deleteAclsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const deleteAclsApi = defineApi<DeleteAclsRequest, DeleteAclsResponse>({
  key: 31,

  handle: (_core, request) => refused(request, errorCodes.SECURITY_DISABLED, 'No Authorizer is configured.'),

  refuse: (request, errorCode) => refused(request, errorCode, null),
})

function refused({ filters }: DeleteAclsRequest, errorCode: number, errorMessage: string | null): DeleteAclsResponse {
  return createMessage(deleteAclsResponse, {
    filterResults: filters.map(() => ({ errorCode, errorMessage, matchingAcls: [] })),
  })
}
