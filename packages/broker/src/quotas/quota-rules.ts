import { entityOf, type QuotaEntity } from '@dorsale/coordinate'
import type { ClientQuotaRecord } from '@dorsale/protocol'

/** What of users and clients may be bounded. */
export type ClientQuotaKey =
  | 'producer_byte_rate'
  | 'consumer_byte_rate'
  | 'request_percentage'
  | 'controller_mutation_rate'

/** Who asks, as quotas know him. */
export interface QuotaClient {
  readonly user: string
  readonly clientId: string
}

/** The bound that holds for a client. */
export interface QuotaRule {
  readonly limit: number
  /** Those who share it: one user's clients together, one client id of all users, or one of one user. */
  readonly sharedBy: string
}

/**
 * Which quota holds for whom, by Kafka's precedence: the first that is set of
 *
 *     user and client id, user and default client, user,
 *     default user and client id, default user and default client, default user,
 *     client id, default client
 *
 * A quota for users alone is shared by all clients of each user, one for clients alone by all users of each client id.
 */
export class QuotaRules {
  readonly #limits = new Map<string, number>()
  readonly #keys = new Set<string>()
  /** What was found lately, by kind and client. */
  readonly #found = new Map<string, QuotaRule | undefined>()

  constructor(records: readonly ClientQuotaRecord[]) {
    for (const record of records) {
      this.#limits.set(limitKey(record.key, entityOf(record)), record.value)
      this.#keys.add(record.key)
    }
  }

  /** Whether there is any quota of this kind. */
  has(key: ClientQuotaKey | 'connection_creation_rate'): boolean {
    return this.#keys.has(key)
  }

  find(key: ClientQuotaKey, client: QuotaClient): QuotaRule | undefined {
    if (!this.#keys.has(key)) return undefined
    const asked = `${key}\0${client.user}\0${client.clientId}`
    if (this.#found.has(asked)) return this.#found.get(asked)
    const rule = this.#search(key, client)
    if (this.#found.size >= foundMax) this.#found.clear()
    this.#found.set(asked, rule)
    return rule
  }

  #search(key: ClientQuotaKey, { user, clientId }: QuotaClient): QuotaRule | undefined {
    const byBoth = JSON.stringify([user, clientId])
    const byUser = JSON.stringify([user, null])
    const byClient = JSON.stringify([null, clientId])
    for (const [userPart, clientPart, sharedBy] of [
      [user, clientId, byBoth],
      [user, null, byBoth],
      [user, undefined, byUser],
      [null, clientId, byBoth],
      [null, null, byBoth],
      [null, undefined, byUser],
      [undefined, clientId, byClient],
      [undefined, null, byClient],
    ] as const) {
      const limit = this.#limits.get(textOf(key, userPart, clientPart, undefined))
      if (limit !== undefined) return { limit, sharedBy }
    }
    return undefined
  }

  /** Connections per second that an address may open; undefined: as many as it likes. */
  connectionRate(address: string): number | undefined {
    const key = 'connection_creation_rate'
    if (!this.#keys.has(key)) return undefined
    return (
      this.#limits.get(textOf(key, undefined, undefined, address)) ??
      this.#limits.get(textOf(key, undefined, undefined, null))
    )
  }
}

/** Client ids come from the network, so what is remembered of them is bounded. */
const foundMax = 10_000

function limitKey(key: string, entity: QuotaEntity): string {
  return textOf(key, entity.get('user'), entity.get('client-id'), entity.get('ip'))
}

/** Null is the default of a type, undefined that it is no part of the entity. */
function textOf(
  key: string,
  user: string | null | undefined,
  clientId: string | null | undefined,
  ip: string | null | undefined,
): string {
  const part = (name: string | null | undefined) => (name === undefined ? [] : [name])
  return JSON.stringify([key, part(user), part(clientId), part(ip)])
}
