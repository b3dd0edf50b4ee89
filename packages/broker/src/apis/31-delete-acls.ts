/**
 * DeleteAcls, key 31, versions 1 to 3: forwarded to the controller; each filter succeeds or fails for itself, and answers what it found. v2 is flexible; v3
 * knows resources of type USER.
 *
 * - Without an authorizer there are none: SECURITY_DISABLED.
 */
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

  handle({ authorizer, metadata }, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    if (authorizer === undefined) return refused(request, errorCodes.SECURITY_DISABLED, 'No Authorizer is configured.')
    const { deleteAcls } = authorizer.acls
    return metadata.submit(controller => controller.decide(context => deleteAcls(context, request)))
  },

  refuse: (request, errorCode) => refused(request, errorCode, null),
})

function refused({ filters }: DeleteAclsRequest, errorCode: number, errorMessage: string | null): DeleteAclsResponse {
  return createMessage(deleteAclsResponse, {
    filterResults: filters.map(() => ({ errorCode, errorMessage, matchingAcls: [] })),
  })
}
