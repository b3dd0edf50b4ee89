/** DescribeAcls, key 29, versions 1 to 3: there is no authorizer, so there are no rules to describe (SECURITY_DISABLED), as in a Kafka without one. */
import {
  createMessage,
  type DescribeAclsRequest,
  type DescribeAclsResponse,
  describeAclsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const describeAclsApi = defineApi<DescribeAclsRequest, DescribeAclsResponse>({
  key: 29,

  handle: () => refused(errorCodes.SECURITY_DISABLED, 'No Authorizer is configured on the broker'),

  refuse: (_request, errorCode) => refused(errorCode, null),
})

function refused(errorCode: number, errorMessage: string | null): DescribeAclsResponse {
  return createMessage(describeAclsResponse, { errorCode, errorMessage })
}
