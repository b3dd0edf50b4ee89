/** Quotas of users, clients and addresses. */
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  describeClientQuotasRequest,
  describeClientQuotasResponse,
} from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { doneOf, refuse } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { toAny } from './route.ts'

/** Whom a quota holds for: `{ user: 'alice', 'client-id': null }`, by entity type (`user`, `client-id`, `ip`); null is the default of that type. */
export type ClientQuotaEntity = Readonly<Record<string, string | null>>

/** Which entities are asked about. */
export interface ClientQuotaFilter {
  /** What each entity type must be: a name, null for the default, `any` for whatever is set. */
  readonly components: readonly { readonly entityType: string; readonly match: string | null | typeof anyMatch }[]
  /** Whether an entity must have no other types. Default: false. */
  readonly strict?: boolean
}

/** In a filter: any entity of the type, the default too. */
export const anyMatch: unique symbol = Symbol('any')

/** What holds for an entity. */
export interface ClientQuota {
  readonly entity: ClientQuotaEntity
  /** By key: `producer_byte_rate`, `consumer_byte_rate`, `request_percentage`, ... */
  readonly values: Readonly<Record<string, number>>
}

/** What shall hold for an entity. */
export interface ClientQuotaAlteration {
  readonly entity: ClientQuotaEntity
  /** By key; undefined takes the quota away. */
  readonly ops: Readonly<Record<string, number | undefined>>
}

export interface AlterClientQuotasOptions extends CallOptions {
  /** Only asks whether it would succeed. Default: false. */
  readonly validateOnly?: boolean
}

export interface QuotaAdmin {
  /** Quotas that a filter finds; without one, all. */
  describeClientQuotas(filter?: ClientQuotaFilter, options?: CallOptions): Promise<ClientQuota[]>
  alterClientQuotas(
    alterations: readonly ClientQuotaAlteration[],
    options?: AlterClientQuotasOptions,
  ): Itemized<ClientQuotaAlteration, void>
}

const matchTypes = { exact: 0, default: 1, any: 2 } as const

export function quotaAdmin(core: AdminCore): QuotaAdmin {
  return {
    describeClientQuotas: (filter = { components: [] }, options = {}) =>
      core.one({
        what: 'the quotas',
        options,
        async ask(link) {
          const value = { components: filter.components.map(componentOnWire), strict: filter.strict ?? false }
          const tables = [describeClientQuotasRequest, describeClientQuotasResponse] as const
          const response = await core.request(link, ...tables, value)
          refuse('the quotas', response)
          return (response.entries ?? []).map(({ entity, values }) => ({
            entity: entityOf(entity),
            values: Object.fromEntries(values.map(({ key, value: limit }) => [key, limit])),
          }))
        },
      }),

    alterClientQuotas: (alterations, options = {}) =>
      core.each({
        what: 'the change of quotas',
        keys: alterations,
        options,
        route: toAny(),
        async ask(link, keys) {
          const entries = keys.map(({ entity, ops }) => ({
            entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
            ops: Object.entries(ops).map(([key, value]) => ({ key, value: value ?? 0, remove: value === undefined })),
          }))
          const value = { entries, validateOnly: options.validateOnly ?? false }
          const response = await core.request(link, alterClientQuotasRequest, alterClientQuotasResponse, value)
          const rows = new Map(response.entries.map(row => [nameOfEntity(entityOf(row.entity)), row]))
          return ({ entity }) => doneOf(nameOfEntity(entity), rows.get(nameOfEntity(entity)))
        },
      }),
  }
}

function componentOnWire({ entityType, match }: ClientQuotaFilter['components'][number]) {
  if (match === anyMatch) return { entityType, matchType: matchTypes.any, match: null }
  return { entityType, matchType: match === null ? matchTypes.default : matchTypes.exact, match }
}

function entityOf(parts: readonly { entityType: string; entityName: string | null }[]): ClientQuotaEntity {
  return Object.fromEntries(parts.map(({ entityType, entityName }) => [entityType, entityName]))
}

function nameOfEntity(entity: ClientQuotaEntity): string {
  const parts = Object.entries(entity).map(([type, name]) => `${type} ${name ?? '<default>'}`)
  return parts.sort().join(', ')
}
