/** Credentials of users for SCRAM (KIP-554). */
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
} from '@dorsale/protocol'
import { type ScramMechanism, saltedPassword, scramIterations } from '@dorsale/transport/security'
import type { ClientWorld } from '../world.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { doneOf, errorIn, refuse } from './answer.ts'
import { Codes } from './codes.ts'
import { Itemized, type Outcome } from './itemized.ts'
import { toController } from './route.ts'

const mechanisms = new Codes({ UNKNOWN: 0, 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 })

/** A credential of a user, without its secret. */
export interface ScramCredentialInfo {
  readonly mechanism: ScramMechanism | 'UNKNOWN'
  readonly iterations: number
}

/** A user with the mechanisms that it has credentials for. */
export interface UserScramCredentials {
  readonly user: string
  readonly credentialInfos: readonly ScramCredentialInfo[]
}

export interface ScramCredentialUpsertion {
  readonly user: string
  readonly mechanism: ScramMechanism
  /** It does not leave the client: the broker gets what SCRAM makes of it. */
  readonly password: string | Uint8Array
  /** From 4096 to 16384. Default: 4096. */
  readonly iterations?: number
  /** Default: drawn at random. */
  readonly salt?: Uint8Array
}

export interface ScramCredentialDeletion {
  readonly user: string
  readonly mechanism: ScramMechanism
}

/** A credential with a password is set, one without is deleted. */
export type ScramCredentialAlteration = ScramCredentialUpsertion | ScramCredentialDeletion

export interface ScramCredentialAdmin {
  /** Which credentials users have, and nothing that is secret of them. `users` undefined: all that have any, and the outcomes are of those. */
  describeUserScramCredentials(users?: readonly string[], options?: CallOptions): Itemized<string, UserScramCredentials>
  /** Sets and deletes credentials; a user only once in a call. */
  alterUserScramCredentials(
    alterations: readonly ScramCredentialAlteration[],
    options?: CallOptions,
  ): Itemized<ScramCredentialAlteration, void>
}

const saltBytes = 32

export function scramCredentialAdmin(core: AdminCore, { prng }: Pick<ClientWorld, 'prng'>): ScramCredentialAdmin {
  return {
    describeUserScramCredentials(users, options = {}) {
      const outcomes = core.one({
        what: 'the SCRAM credentials',
        options,
        async ask(link): Promise<Outcome<string, UserScramCredentials>[]> {
          const value = { users: users?.map(name => ({ name })) ?? null }
          const tables = [describeUserScramCredentialsRequest, describeUserScramCredentialsResponse] as const
          const response = await core.request(link, ...tables, value)
          refuse('the SCRAM credentials', response)
          return response.results.map(row => {
            const error = errorIn(`user ${row.user}`, row)
            if (error !== undefined) return { key: row.user, value: undefined, error }
            const credentialInfos = row.credentialInfos.map(({ mechanism, iterations }) => {
              return { mechanism: mechanisms.name(mechanism), iterations }
            })
            return { key: row.user, value: { user: row.user, credentialInfos }, error: undefined }
          })
        },
      })
      outcomes.catch(() => undefined)
      return new Itemized(outcomes, values => values)
    },

    alterUserScramCredentials: (alterations, options = {}) =>
      core.each({
        what: 'the change of SCRAM credentials',
        keys: alterations,
        options,
        route: toController(),
        async ask(link, keys) {
          const value = {
            deletions: keys.filter(key => !isUpsertion(key)).map(onWire),
            upsertions: keys.filter(isUpsertion).map(key => {
              const { password, iterations = scramIterations.min, salt = prng.bytes(saltBytes) } = key
              const bytes = typeof password === 'string' ? Buffer.from(password) : password
              const salted = saltedPassword(key.mechanism, bytes, { salt, iterations })
              return { ...onWire(key), iterations, salt, saltedPassword: salted }
            }),
          }
          const tables = [alterUserScramCredentialsRequest, alterUserScramCredentialsResponse] as const
          const { results } = await core.request(link, ...tables, value)
          const rows = new Map(results.map(row => [row.user, row]))
          return ({ user }) => doneOf(`user ${user}`, rows.get(user))
        },
      }),
  }
}

function isUpsertion(alteration: ScramCredentialAlteration): alteration is ScramCredentialUpsertion {
  return 'password' in alteration
}

function onWire({ user, mechanism }: ScramCredentialAlteration): { name: string; mechanism: number } {
  return { name: user, mechanism: mechanisms.code(mechanism) }
}
