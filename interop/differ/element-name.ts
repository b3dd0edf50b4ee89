import { Fact } from './step.ts'

/** What tells an element of a list from the others, in the order of preference. */
const namingFields = [
  'name',
  'topic',
  'topicName',
  'resourceName',
  'partitionIndex',
  'partition',
  'partitionId',
  'index',
  'apiKey',
  'groupId',
  'group',
  'user',
  'entityType',
  'brokerId',
  'nodeId',
  'topicId',
  'transactionalId',
  'producerId',
]

/**
 * The name of a structure in a list; undefined where nothing could name it. One that is named by an empty text, and by nothing else, has that for a name. Numbers are
 * padded, so that they sort as they count.
 */
export function elementName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  // Client quotas name an entity by several parts, in no order.
  const { entity } = value as { entity?: unknown }
  if (Array.isArray(entity)) return JSON.stringify(entity.map(part => JSON.stringify(part)).sort())
  // An ACL is all that it says; a pattern of resources is of a type, and literal or a prefix.
  if ('principal' in value || 'patternType' in value) return aclName(value as Record<string, unknown>)
  let empty: string | undefined
  for (const field of namingFields) {
    const name: unknown = (value as Record<string, unknown>)[field]
    // In a request: what each broker fills in for itself.
    if (name instanceof Fact) return name.name
    if (typeof name === 'number') return String(name).padStart(6, ' ')
    if (typeof name === 'bigint') return String(name)
    if (typeof name === 'string' && name !== '') return name
    if (name === '') empty = ''
  }
  return empty
}

function aclName(value: Record<string, unknown>): string {
  return aclFields.flatMap(field => (field in value ? [String(value[field])] : [])).join(' ')
}

const aclFields = ['resourceName', 'resourceType', 'patternType', 'principal', 'host', 'operation', 'permissionType']
