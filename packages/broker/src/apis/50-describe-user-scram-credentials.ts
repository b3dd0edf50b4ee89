/** DescribeUserScramCredentials, key 50, version 0: mechanisms and iterations of users, never salts or keys. No users named means all. */
import {
  createMessage,
  type DescribeUserScramCredentialsRequest,
  type DescribeUserScramCredentialsResponse,
  type DescribeUserScramCredentialsResponseResult,
  describeUserScramCredentialsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'

export const describeUserScramCredentialsApi = defineApi<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse
>({
  key: 50,

  handle(core, request, call) {
    call.rights.require('DESCRIBE', 'CLUSTER')
    const named = (request.users ?? []).map(({ name }) => name)
    const users = named.length > 0 ? named : core.image.scramCredentials.map(({ name }) => name)
    const results = [...new Set(users)].map(user =>
      named.indexOf(user) === named.lastIndexOf(user) ? describeUser(core, user) : duplicate(user),
    )
    return createMessage(describeUserScramCredentialsResponse, { errorMessage: '', results })
  },

  /** Kafka leaves out whom each result is for. */
  refuse: ({ users }, errorCode) =>
    createMessage(describeUserScramCredentialsResponse, {
      errorCode,
      results: (users ?? []).map(() => ({ user: '', errorCode })),
    }),
})

function describeUser({ image }: BrokerCore, user: string): DescribeUserScramCredentialsResponseResult {
  const credentialInfos = image.scramCredentials
    .filter(({ name }) => name === user)
    .map(({ mechanism, iterations }) => ({ mechanism, iterations }))
  if (credentialInfos.length > 0) return { user, errorCode: errorCodes.NONE, errorMessage: '', credentialInfos }
  return {
    user,
    errorCode: errorCodes.RESOURCE_NOT_FOUND,
    errorMessage: `Attempt to describe a user credential that does not exist: ${user}`,
    credentialInfos,
  }
}

function duplicate(user: string): DescribeUserScramCredentialsResponseResult {
  return {
    user,
    errorCode: errorCodes.DUPLICATE_RESOURCE,
    errorMessage: `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`,
    credentialInfos: [],
  }
}
