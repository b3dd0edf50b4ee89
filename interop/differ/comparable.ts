/**
 * A response in a form in which two brokers can be compared: what must differ (ids that a broker draws, ports, times) is replaced by what it
 * stands for, and lists whose order Kafka leaves open are sorted.
 */
import { elementName } from './element-name.ts'
import { type Facts, type Loose, unknownId } from './step.ts'

/** Fields whose values a broker draws by itself. */
const drawn: ReadonlySet<string> = new Set([
  'topicId',
  'topicIds',
  'clusterId',
  'producerId',
  'sessionId',
  'memberId',
  'leader',
  'directoryId',
  'replicaDirectoryId',
  'incarnationId',
  'uuid',
])
/** Epochs and sizes that depend on how often a broker wrote what no client sees. */
const counted: ReadonlySet<string> = new Set([
  'finalizedFeaturesEpoch',
  'brokerEpoch',
  'totalBytes',
  'usableBytes',
  'size',
  'partitionSize',
])
/** Lists of texts that brokers keep as sets. */
const unordered: ReadonlySet<string> = new Set(['subscribedTopicNames'])
const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'
/** Parts of member ids. */
const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
/** Data directories of the run. */
const directories = /\/tmp\/[\w-]+\/(dorsale|kafka)\/data\/log/g
const yearMs = 365 * 86_400_000

/** What a response of the broker on `port` says, once everything that is the broker's own is masked. */
export function comparable(response: Loose, port: number, facts: Facts = new Map()): unknown {
  const ports = new RegExp(`\\b(${port}|${port + 1})\\b`, 'g')
  return masked('', response, { ports, known: new Map([...facts].map(([name, value]) => [value, name])) })
}

interface Masks {
  readonly ports: RegExp
  /** What the broker has told, by its values: topics are told from each other by whose ids they are. */
  readonly known: ReadonlyMap<unknown, string>
}

function masked(field: string, value: unknown, masks: Masks): unknown {
  if (Array.isArray(value)) return sorted(value.map(element => masked(field, element, masks)))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        masked(name, Array.isArray(inner) && unordered.has(name) ? inner.toSorted() : inner, masks),
      ]),
    )
  }
  if (counted.has(field) && typeof value === 'number' && value > 0) return '#counted'
  if (drawn.has(field) && isDrawn(value))
    return field === 'topicId' ? `#${masks.known.get(value) ?? 'drawn'}` : '#drawn'
  if (typeof value === 'number' && Math.abs(value - Date.now()) < yearMs) return '#now'
  if (typeof value === 'number' && field === 'port' && value > 0) return '#port'
  if (typeof value === 'string')
    return value.replaceAll(masks.ports, '#port').replaceAll(uuids, '#uuid').replaceAll(directories, '#directory')
  return typeof value === 'bigint' ? String(value) : value
}

function isDrawn(value: unknown): boolean {
  // An id that was in the request comes back as it was.
  if (typeof value === 'string') return value !== '' && value !== zeroUuid && value !== unknownId
  return (typeof value === 'number' || typeof value === 'bigint') && value >= 0
}

/** Structures by what names them; anything else stays as it is. */
function sorted(values: unknown[]): unknown[] {
  if (values.length < 2 || values.some(value => elementName(value) === undefined)) return values
  return values.sort((left, right) => (String(elementName(left)) < String(elementName(right)) ? -1 : 1))
}
