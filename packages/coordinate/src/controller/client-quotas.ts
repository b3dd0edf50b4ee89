/** Quotas of users, clients and addresses: checked key by key, recorded key by key. */
import {
  type AlterClientQuotasRequest,
  type AlterClientQuotasRequestEntryData,
  type AlterClientQuotasResponse,
  type AlterClientQuotasResponseEntryData,
  alterClientQuotasResponse,
  type ClientQuotaRecord,
  createMessage,
  errorCodes,
  type MetadataRecord,
  metadataRecord,
  ProtocolError,
} from '@dorsale/protocol'
import type { ControllerContext } from './context.ts'
import type { ControllerResult } from './result.ts'

/** Whom a quota is for, by type of entity; null is the default of that type. */
export type QuotaEntity = ReadonlyMap<string, string | null>

type NumberKind = 'long' | 'double' | 'int'

const userKeys: Readonly<Record<string, NumberKind>> = {
  producer_byte_rate: 'long',
  consumer_byte_rate: 'long',
  request_percentage: 'double',
  controller_mutation_rate: 'double',
}
const ipKeys: Readonly<Record<string, NumberKind>> = { connection_creation_rate: 'int' }

/** Sets and removes quotas; each entity succeeds or fails for itself. */
export function alterClientQuotas(
  context: ControllerContext,
  request: AlterClientQuotasRequest,
): ControllerResult<AlterClientQuotasResponse> {
  const records: MetadataRecord[] = []
  const entries = distinctEntries(request.entries).map(({ entity, entry, isRepeated }) => {
    const answer: AlterClientQuotasResponseEntryData = {
      errorCode: errorCodes.NONE,
      errorMessage: null,
      entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
    }
    try {
      if (isRepeated) throw invalid(`Ignoring duplicate entity ${entityText(entity)}`)
      const changes = alterEntity(context, entity, entry)
      records.push(...changes)
      return answer
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return { ...answer, errorCode: error.errorCode, errorMessage: error.message }
    }
  })
  return {
    records: request.validateOnly ? [] : records,
    reply: createMessage(alterClientQuotasResponse, { entries }),
  }
}

interface Entry {
  readonly entity: QuotaEntity
  readonly entry: AlterClientQuotasRequestEntryData
  readonly isRepeated: boolean
}

/** Kafka answers an entity once, and what stands twice, as an entity or as a key of one, not at all. */
function distinctEntries(entries: readonly AlterClientQuotasRequestEntryData[]): Entry[] {
  const byEntity = new Map<string, Entry>()
  for (const entry of entries) {
    const entity = new Map(entry.entity.map(({ entityType, entityName }) => [entityType, entityName]))
    const key = entityKey(entity)
    const isRepeated = byEntity.has(key) || new Set(entry.ops.map(op => op.key)).size < entry.ops.length
    byEntity.set(key, { entity, entry, isRepeated })
  }
  return [...byEntity.values()]
}

function alterEntity(
  { metadata }: ControllerContext,
  entity: QuotaEntity,
  { ops }: AlterClientQuotasRequestEntryData,
): MetadataRecord[] {
  checkEntity(entity)
  const keys = entity.has('ip') ? ipKeys : userKeys
  const current = metadata.clientQuotas.filter(record => entityKey(entityOf(record)) === entityKey(entity))
  return ops.flatMap(({ key, value, remove }) => {
    const before = current.find(record => record.key === key)
    if (remove ? before === undefined : before?.value === value) return []
    if (!remove) checkValue(key, value, Object.hasOwn(keys, key) ? keys[key] : undefined)
    const names = [...entity].map(([entityType, entityName]) => ({ entityType, entityName }))
    return [metadataRecord('ClientQuotaRecord', 0, { entity: names, key, value: remove ? 0 : value, remove })]
  })
}

function checkEntity(entity: QuotaEntity): void {
  if (entity.size === 0) throw invalid('Invalid empty client quota entity')
  for (const [type, name] of entity) {
    if (!entityTypes.includes(type)) throw invalid(`Unhandled client quota entity type: ${type}`)
    if (name === '') throw invalid(`Empty ${type} not supported`)
  }
  const ip = entity.get('ip')
  if (ip === undefined) return
  if (entity.size > 1) {
    throw invalid('Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId')
  }
  // Kafka asks the resolver about a name; an address is what a connection has.
  if (ip !== null && !isAddress(ip)) throw invalid(`${ip} is not a valid IP or resolvable host.`)
}

function checkValue(key: string, value: number, kind: NumberKind | undefined): void {
  if (kind === undefined) throw invalid(`Invalid configuration key ${key}`)
  if (!(value > 0)) throw invalid(`Quota ${key} must be greater than 0`)
  if (kind === 'double') return
  const [most, name] = kind === 'long' ? [2 ** 63, 'a LONG'] : [2 ** 31 - 1, 'an INTEGER']
  if (value > most) throw invalid(`Proposed value for ${key} is too large for ${name}.`)
  if (Math.abs(value - Math.round(value)) > fractionMax) throw invalid(`${key} cannot be a fractional value.`)
}

/** Whom a record is for. */
export function entityOf(record: ClientQuotaRecord): QuotaEntity {
  return new Map(record.entity.map(({ entityType, entityName }) => [entityType, entityName]))
}

/** The same for the same entity, however its parts are ordered. */
export function entityKey(entity: QuotaEntity): string {
  return JSON.stringify([...entity].sort(([left], [right]) => (left < right ? -1 : 1)))
}

function entityText(entity: QuotaEntity): string {
  return `ClientQuotaEntity(entries={${[...entity].map(([type, name]) => `${type}=${name}`).join(', ')}})`
}

function isAddress(text: string): boolean {
  const parts = text.split('.')
  if (parts.length === 4) return parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  return text.includes(':') && /^[0-9a-fA-F:.%]+$/.test(text)
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REQUEST, message)
}

const entityTypes: readonly string[] = ['user', 'client-id', 'ip']
/** What Kafka lets pass as a whole number. */
const fractionMax = 1e-6
