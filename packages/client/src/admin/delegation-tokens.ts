/** Delegation tokens: what a client shows in place of the credentials of whom it acts for (KIP-48). */
import {
  createDelegationTokenRequest,
  createDelegationTokenResponse,
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
  expireDelegationTokenRequest,
  expireDelegationTokenResponse,
  renewDelegationTokenRequest,
  renewDelegationTokenResponse,
} from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { refuse } from './answer.ts'

/** `User` and a name. */
export interface KafkaPrincipal {
  readonly principalType: string
  readonly name: string
}

/** A delegation token, with whom it stands for and until when. */
export interface DelegationToken {
  readonly tokenId: string
  /** Who the bearer is taken for. */
  readonly owner: KafkaPrincipal
  /** Who has asked for it; before Kafka 3.3, always the owner. */
  readonly tokenRequester: KafkaPrincipal
  /** Who, besides the owner, may renew it. Undefined in the answer that creates it: they are those of the question. */
  readonly renewers: readonly KafkaPrincipal[] | undefined
  /** Milliseconds since 1970, as the others. */
  readonly issueTimestamp: number
  /** Until then it is valid. */
  readonly expiryTimestamp: number
  /** Until then it may be renewed. */
  readonly maxTimestamp: number
  /** The password that belongs to `tokenId`, in SCRAM as its base64 text: as secret as any. */
  readonly hmac: Uint8Array
}

export interface CreateDelegationTokenOptions extends CallOptions {
  /** Default: the caller. */
  readonly owner?: KafkaPrincipal
  /** Who may renew it besides the owner. Default: nobody. */
  readonly renewers?: readonly KafkaPrincipal[]
  /** Default: the broker's `delegation.token.max.lifetime.ms`. */
  readonly maxLifetimeMs?: number
}

export interface RenewDelegationTokenOptions extends CallOptions {
  /** How long it shall be valid from now on. Default: the broker's `delegation.token.expiry.time.ms`. */
  readonly renewTimePeriodMs?: number
}

export interface ExpireDelegationTokenOptions extends CallOptions {
  /** How long it shall still be valid. Default: not any more. */
  readonly expiryTimePeriodMs?: number
}

export interface DescribeDelegationTokenOptions extends CallOptions {
  /** Whose. Default: everybody's that the caller may see. */
  readonly owners?: readonly KafkaPrincipal[]
}

export interface DelegationTokenAdmin {
  createDelegationToken(options?: CreateDelegationTokenOptions): Promise<DelegationToken>
  /** Answers until when it is valid now, in milliseconds since 1970. */
  renewDelegationToken(hmac: Uint8Array, options?: RenewDelegationTokenOptions): Promise<number>
  /** Answers until when it is valid now, in milliseconds since 1970. */
  expireDelegationToken(hmac: Uint8Array, options?: ExpireDelegationTokenOptions): Promise<number>
  describeDelegationToken(options?: DescribeDelegationTokenOptions): Promise<DelegationToken[]>
}

/** What stands for the default of the broker, or for no time at all. */
const unset = -1

export function delegationTokenAdmin(core: AdminCore): DelegationTokenAdmin {
  return {
    createDelegationToken: (options = {}) =>
      core.one({
        what: 'the creation of a delegation token',
        options,
        async ask(link) {
          const { owner, renewers = [], maxLifetimeMs = unset } = options
          const value = {
            ownerPrincipalType: owner?.principalType ?? null,
            ownerPrincipalName: owner?.name ?? null,
            renewers: renewers.map(onWire),
            maxLifetimeMs,
          }
          const tables = [createDelegationTokenRequest, createDelegationTokenResponse] as const
          const response = await core.request(link, ...tables, value)
          refuse('the delegation token', response)
          return tokenOf({
            ...response,
            issueTimestamp: response.issueTimestampMs,
            expiryTimestamp: response.expiryTimestampMs,
            maxTimestamp: response.maxTimestampMs,
          })
        },
      }),

    renewDelegationToken: (hmac, options = {}) =>
      core.one({
        what: 'the renewal of a delegation token',
        options,
        async ask(link) {
          const value = { hmac, renewPeriodMs: options.renewTimePeriodMs ?? unset }
          const response = await core.request(link, renewDelegationTokenRequest, renewDelegationTokenResponse, value)
          refuse('the delegation token', response)
          return response.expiryTimestampMs
        },
      }),

    expireDelegationToken: (hmac, options = {}) =>
      core.one({
        what: 'the end of a delegation token',
        options,
        async ask(link) {
          const value = { hmac, expiryTimePeriodMs: options.expiryTimePeriodMs ?? unset }
          const response = await core.request(link, expireDelegationTokenRequest, expireDelegationTokenResponse, value)
          refuse('the delegation token', response)
          return response.expiryTimestampMs
        },
      }),

    describeDelegationToken: (options = {}) =>
      core.one({
        what: 'the delegation tokens',
        options,
        async ask(link) {
          const value = { owners: options.owners?.map(onWire) ?? null }
          const tables = [describeDelegationTokenRequest, describeDelegationTokenResponse] as const
          const response = await core.request(link, ...tables, value)
          refuse('the delegation tokens', response)
          return response.tokens.map(token => ({ ...tokenOf(token), renewers: token.renewers.map(principalOf) }))
        },
      }),
  }
}

interface WirePrincipal {
  readonly principalType: string
  readonly principalName: string
}

function onWire({ principalType, name }: KafkaPrincipal): WirePrincipal {
  return { principalType, principalName: name }
}

function principalOf({ principalType, principalName: name }: WirePrincipal): KafkaPrincipal {
  return { principalType, name }
}

function tokenOf(
  token: WirePrincipal & {
    tokenRequesterPrincipalType: string
    tokenRequesterPrincipalName: string
    issueTimestamp: number
    expiryTimestamp: number
    maxTimestamp: number
    tokenId: string
    hmac: Uint8Array
  },
): DelegationToken {
  const owner = principalOf(token)
  const { tokenRequesterPrincipalType: principalType, tokenRequesterPrincipalName: name } = token
  const { tokenId, issueTimestamp, expiryTimestamp, maxTimestamp } = token
  return {
    tokenId,
    owner,
    tokenRequester: name === '' ? owner : { principalType, name },
    renewers: undefined,
    issueTimestamp,
    expiryTimestamp,
    maxTimestamp,
    // The message is a view of what came from the network, which this outlives.
    hmac: token.hmac.slice(),
  }
}
