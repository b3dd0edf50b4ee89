/**
 * DescribeAcls, key 29, versions 1 to 3: the ACLs that a filter finds, by the resources that they concern. v2 is flexible; v3 knows resources of type USER.
 *
 * - Without an authorizer: SECURITY_DISABLED. A filter with numbers that have no meaning finds nothing.
 */
import {
  type AccessControlEntryRecord,
  createMessage,
  type DescribeAclsRequest,
  type DescribeAclsResponse,
  type DescribeAclsResponseResource,
  describeAclsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const describeAclsApi = defineApi<DescribeAclsRequest, DescribeAclsResponse>({
  key: 29,

  handle({ authorizer, image }, request, call) {
    call.rights.require('DESCRIBE', 'CLUSTER')
    if (authorizer === undefined)
      return refused(errorCodes.SECURITY_DISABLED, 'No Authorizer is configured on the broker')
    const { matchesAcl } = authorizer.acls
    const found = [...image.acls.values()].filter(acl => matchesAcl(request, acl))
    return createMessage(describeAclsResponse, { errorMessage: null, resources: byResource(found) })
  },

  refuse: (_request, errorCode) => refused(errorCode, null),
})

function byResource(acls: readonly AccessControlEntryRecord[]): DescribeAclsResponseResource[] {
  const resources = new Map<string, DescribeAclsResponseResource>()
  for (const { resourceType, resourceName, patternType, principal, host, operation, permissionType } of acls) {
    const key = JSON.stringify([resourceType, patternType, resourceName])
    const resource = resources.get(key) ?? { resourceType, resourceName, patternType, acls: [] }
    resource.acls.push({ principal, host, operation, permissionType })
    resources.set(key, resource)
  }
  return [...resources.values()]
}

function refused(errorCode: number, errorMessage: string | null): DescribeAclsResponse {
  return createMessage(describeAclsResponse, { errorCode, errorMessage })
}
