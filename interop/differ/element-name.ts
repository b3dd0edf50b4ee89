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
  'brokerId',
  'nodeId',
  'topicId',
]

/** The name of a structure in a list; undefined where it has none. Numbers are padded, so that they sort as they count. */
export function elementName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (const field of namingFields) {
    const name: unknown = (value as Record<string, unknown>)[field]
    if (typeof name === 'number') return String(name).padStart(6, ' ')
    if (typeof name === 'string' && name !== '') return name
  }
  return undefined
}
