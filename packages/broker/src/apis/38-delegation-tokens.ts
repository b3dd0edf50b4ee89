/**
 * CreateDelegationToken (38, versions 1 to 3), RenewDelegationToken (39, 1 to 2), ExpireDelegationToken (40, 1 to 2) and DescribeDelegationToken (41, 1 to
 * 3): tokens are asked for over an authenticated connection and there is none, so all of them are refused (DELEGATION_TOKEN_REQUEST_NOT_ALLOWED), as by
 * a Kafka that is asked over PLAINTEXT.
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
import { type ApiHandler, defineApi } from '../api.ts'

const notAllowed = errorCodes.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED

const createApi = defineApi<CreateDelegationTokenRequest, CreateDelegationTokenResponse>({
  key: 38,
  handle: (_core, _request, call) => createRefused(notAllowed, call.apiVersion),
  refuse: (_request, errorCode, apiVersion) => createRefused(errorCode, apiVersion),
})

function createRefused(errorCode: number, apiVersion: number): CreateDelegationTokenResponse {
  const requester =
    apiVersion >= 3 ? { tokenRequesterPrincipalType: 'User', tokenRequesterPrincipalName: 'ANONYMOUS' } : {}
  return createMessage(createDelegationTokenResponse, {
    errorCode,
    principalType: 'User',
    principalName: 'ANONYMOUS',
    ...requester,
    issueTimestampMs: -1,
    expiryTimestampMs: -1,
    maxTimestampMs: -1,
  })
}

const renewApi = defineApi<RenewDelegationTokenRequest, RenewDelegationTokenResponse>({
  key: 39,
  handle: () => renewRefused(notAllowed),
  refuse: (_request, errorCode) => renewRefused(errorCode),
})

function renewRefused(errorCode: number): RenewDelegationTokenResponse {
  return createMessage(renewDelegationTokenResponse, { errorCode, expiryTimestampMs: -1 })
}

const expireApi = defineApi<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse>({
  key: 40,
  handle: () => expireRefused(notAllowed),
  refuse: (_request, errorCode) => expireRefused(errorCode),
})

function expireRefused(errorCode: number): ExpireDelegationTokenResponse {
  return createMessage(expireDelegationTokenResponse, { errorCode, expiryTimestampMs: -1 })
}

const describeApi = defineApi<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse>({
  key: 41,
  handle: () => describeRefused(notAllowed),
  refuse: (_request, errorCode) => describeRefused(errorCode),
})

function describeRefused(errorCode: number): DescribeDelegationTokenResponse {
  return createMessage(describeDelegationTokenResponse, { errorCode })
}

export const delegationTokenApis: readonly ApiHandler[] = [createApi, renewApi, expireApi, describeApi]
