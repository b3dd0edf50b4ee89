/**
 * CreateAcls, key 30, versions 1 to 3: forwarded to the controller; each ACL succeeds or fails for itself, and one that is there already is there. v2 is
 * flexible; v3 knows resources of type USER.
 *
 * - Without an authorizer nobody could hold them: SECURITY_DISABLED.
 */
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

  handle({ authorizer, metadata }, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    if (authorizer === undefined) return refused(request, errorCodes.SECURITY_DISABLED, 'No Authorizer is configured.')
    const { createAcls } = authorizer.acls
    return metadata.submit(controller => controller.decide(context => createAcls(context, request)))
  },

  refuse: (request, errorCode) => refused(request, errorCode, null),
})

function refused({ creations }: CreateAclsRequest, errorCode: number, errorMessage: string | null): CreateAclsResponse {
  return createMessage(createAclsResponse, { results: creations.map(() => ({ errorCode, errorMessage })) })
}
