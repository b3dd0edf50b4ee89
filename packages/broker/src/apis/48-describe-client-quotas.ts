/**
 * DescribeClientQuotas, key 48, versions 0 to 1: quotas of the entities that have every part of the filter; with `strict`, and no other part. v1 is
 * flexible.
 */
import { entityKey, entityOf, type QuotaEntity } from '@dorsale/coordinate'
import {
  createMessage,
  type DescribeClientQuotasRequest,
  type DescribeClientQuotasRequestComponentData,
  type DescribeClientQuotasResponse,
  type DescribeClientQuotasResponseEntryData,
  describeClientQuotasResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { invalidRequest } from '../config-resources.ts'
import type { BrokerCore } from '../core.ts'

export const describeClientQuotasApi = defineApi<DescribeClientQuotasRequest, DescribeClientQuotasResponse>({
  key: 48,

  handle(core, request, call) {
    call.rights.require('DESCRIBE_CONFIGS', 'CLUSTER')
    try {
      return createMessage(describeClientQuotasResponse, { errorMessage: '', entries: matching(core, request) })
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return refused(error.errorCode, error.message)
    }
  },

  refuse: (_request, errorCode) => refused(errorCode, null),
})

const matchTypes = { exact: 0, default: 1, any: 2 } as const

function matching(core: BrokerCore, { components, strict }: DescribeClientQuotasRequest) {
  const filter = filterOf(components)
  // Nobody has none of the parts.
  if (strict && filter.size === 0) return []
  const entries = new Map<string, DescribeClientQuotasResponseEntryData>()
  for (const record of core.image.clientQuotas) {
    const entity = entityOf(record)
    if (!matches(entity, filter, strict)) continue
    const key = entityKey(entity)
    const entry: DescribeClientQuotasResponseEntryData = entries.get(key) ?? {
      entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
      values: [],
    }
    entry.values.push({ key: record.key, value: record.value })
    entries.set(key, entry)
  }
  return [...entries.values()]
}

/** By type of entity: the name wanted, null for the default, undefined for any. */
type Filter = ReadonlyMap<string, string | null | undefined>

function filterOf(components: readonly DescribeClientQuotasRequestComponentData[]): Filter {
  const filter = new Map<string, string | null | undefined>()
  for (const { entityType, matchType, match } of components) {
    if (entityType === '') throw invalidRequest('Invalid empty entity type.')
    if (filter.has(entityType)) {
      throw invalidRequest(`Entity type ${entityType} cannot appear more than once in the filter.`)
    }
    if (!['user', 'client-id', 'ip'].includes(entityType)) {
      throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, `Unsupported entity type ${entityType}`)
    }
    filter.set(entityType, wantedName(matchType, match))
  }
  if (filter.has('ip') && filter.size > 1) {
    throw invalidRequest(
      'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
    )
  }
  return filter
}

function wantedName(matchType: number, match: string | null): string | null | undefined {
  switch (matchType) {
    case matchTypes.exact:
      if (match === null) throw invalidRequest('Request specified MATCH_TYPE_EXACT, but set match string to null.')
      return match
    case matchTypes.default:
      if (match !== null) {
        throw invalidRequest('Request specified MATCH_TYPE_DEFAULT, but also specified a match string.')
      }
      return null
    case matchTypes.any:
      if (match !== null) {
        throw invalidRequest('Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.')
      }
      return undefined
    default:
      throw invalidRequest(`Unknown match type ${matchType}`)
  }
}

function matches(entity: QuotaEntity, filter: Filter, strict: boolean): boolean {
  if (strict && entity.size !== filter.size) return false
  return [...filter].every(([type, name]) => entity.has(type) && (name === undefined || entity.get(type) === name))
}

function refused(errorCode: number, errorMessage: string | null): DescribeClientQuotasResponse {
  return createMessage(describeClientQuotasResponse, { errorCode, errorMessage, entries: null })
}
