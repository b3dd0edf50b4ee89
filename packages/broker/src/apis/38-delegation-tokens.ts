/**
 * CreateDelegationToken (38, versions 1 to 3), RenewDelegationToken (39, 1 to 2), ExpireDelegationToken (40, 1 to 2) and DescribeDelegationToken (41, 1 to
 * 3): refused, as by a Kafka without `delegation.token.secret.key`: who has not shown who he is may not ask (DELEGATION_TOKEN_REQUEST_NOT_ALLOWED), and who has is told that
 * there are no tokens (DELEGATION_TOKEN_AUTH_DISABLED).
 */
import {
  type CreateDelegationTokenRequest,
  type CreateDelegationTokenResponse,
  createDelegationTokenResponse,
  createMessage,
  type DescribeDelegationTokenRequest,
  type DescribeDelegationTokenResponse,
  describeDelegationTokenResponse,
  type ExpireDelegationTokenRequest,
  type ExpireDelegationTokenResponse,
  errorCodes,
  expireDelegationTokenResponse,
  type RenewDelegationTokenRequest,
  type RenewDelegationTokenResponse,
  renewDelegationTokenResponse,
} from '@dorsale/protocol'
import { type ApiHandler, type Call, defineApi } from '../api.ts'
import { anonymousPrincipal, type KafkaPrincipal } from '../security/principal.ts'

function refusalOf({ principal }: Pick<Call, 'principal'>): number {
  return principal.name === anonymousPrincipal.name
    ? errorCodes.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
    : errorCodes.DELEGATION_TOKEN_AUTH_DISABLED
}

const createApi = defineApi<CreateDelegationTokenRequest, CreateDelegationTokenResponse>({
  key: 38,
  handle: (_core, _request, call) => createRefused(refusalOf(call), call.apiVersion, call.principal),
  refuse: (_request, errorCode, apiVersion) => createRefused(errorCode, apiVersion),
})

function createRefused(
  errorCode: number,
  apiVersion: number,
  { principalType, name }: KafkaPrincipal = anonymousPrincipal,
): CreateDelegationTokenResponse {
  const requester =
    apiVersion >= 3 ? { tokenRequesterPrincipalType: principalType, tokenRequesterPrincipalName: name } : {}
  return createMessage(createDelegationTokenResponse, {
    errorCode,
    principalType,
    principalName: name,
    ...requester,
    issueTimestampMs: -1,
    expiryTimestampMs: -1,
    maxTimestampMs: -1,
  })
}

const renewApi = defineApi<RenewDelegationTokenRequest, RenewDelegationTokenResponse>({
  key: 39,
  handle: (_core, _request, call) => renewRefused(refusalOf(call)),
  refuse: (_request, errorCode) => renewRefused(errorCode),
})

function renewRefused(errorCode: number): RenewDelegationTokenResponse {
  return createMessage(renewDelegationTokenResponse, { errorCode, expiryTimestampMs: -1 })
}

const expireApi = defineApi<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse>({
  key: 40,
  handle: (_core, _request, call) => expireRefused(refusalOf(call)),
  refuse: (_request, errorCode) => expireRefused(errorCode),
})

function expireRefused(errorCode: number): ExpireDelegationTokenResponse {
  return createMessage(expireDelegationTokenResponse, { errorCode, expiryTimestampMs: -1 })
}

const describeApi = defineApi<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse>({
  key: 41,
  handle: (_core, _request, call) => describeRefused(refusalOf(call)),
  refuse: (_request, errorCode) => describeRefused(errorCode),
})

function describeRefused(errorCode: number): DescribeDelegationTokenResponse {
  return createMessage(describeDelegationTokenResponse, { errorCode })
}

export const delegationTokenApis: readonly ApiHandler[] = [createApi, renewApi, expireApi, describeApi]
