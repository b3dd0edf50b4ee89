/** The APIs of Kafka's protocol: what the tables of requests and responses say, by key. */
import { allMessages } from './messages/all.ts'
import type { ListenerType, MessageTable } from './table/message.ts'
import { includesVersion } from './table/version-range.ts'

export interface Api {
  readonly key: number
  /** Kafka's name without `Request`: `Fetch`. */
  readonly name: string
  readonly request: MessageTable
  readonly response: MessageTable
  /** Listeners that serve it. */
  readonly listeners: readonly ListenerType[]
  readonly versionMin: number
  /** Newest version; below `versionMin` for an API that Kafka has removed and whose key it keeps. */
  readonly versionMax: number
  /** Newest version that is served without `unstable.api.versions.enable`. */
  readonly stableVersionMax: number
  /** Oldest version with compact lengths and tagged fields; infinite if there is none. */
  readonly flexibleVersionMin: number
}

/** Every API by its key, in the order of keys. The removed ones (4 to 7) are there, without versions. */
export const apis: ReadonlyMap<number, Api> = collect()

function collect(): Map<number, Api> {
  const responses = new Map(allMessages.filter(({ type }) => type === 'response').map(table => [table.apiKey, table]))
  const requests = allMessages.filter(({ type }) => type === 'request').sort((a, b) => a.apiKey! - b.apiKey!)
  return new Map(
    requests.map(request => {
      const { min, max } = request.validVersions
      const flexible = request.flexibleVersions
      const api: Api = {
        key: request.apiKey!,
        name: request.name.replace(/Request$/, ''),
        request,
        response: responses.get(request.apiKey)!,
        listeners: request.listeners,
        versionMin: min,
        versionMax: max,
        stableVersionMax: request.latestVersionUnstable ? max - 1 : max,
        flexibleVersionMin: flexible.max < flexible.min ? Number.POSITIVE_INFINITY : flexible.min,
      }
      return [api.key, api]
    }),
  )
}

/** Whether requests of this version of an API exist: what a request header may ask for. */
export function isApiVersion(apiKey: number, version: number): boolean {
  const api = apis.get(apiKey)
  return api !== undefined && version >= api.versionMin && version <= api.versionMax
}

const produceKey = 0
const apiVersionsKey = 18

/**
 * The versions of an API that Kafka names in an ApiVersions response. Produce starts at 0 on a broker although versions 0 to 2 are
 * refused: older librdkafka takes a broker without them for one that lacks features (KAFKA-18659).
 */
export function advertisedVersions(api: Api, options: { listener: ListenerType; unstable?: boolean }) {
  const min = api.key === produceKey && options.listener === 'broker' ? 0 : api.versionMin
  return { min, max: options.unstable === true ? api.versionMax : api.stableVersionMax }
}

/** Version of the header of a request: 2 when the request is flexible, else 1. */
export function requestHeaderVersion(apiKey: number, version: number): number {
  const api = apis.get(apiKey)
  return api !== undefined && includesVersion(api.request.flexibleVersions, version) ? 2 : 1
}

/**
 * Version of the header of a response: 1 when it is flexible, else 0. ApiVersions stays at 0: a client that does not know what
 * the broker speaks must be able to read it (KIP-511).
 */
export function responseHeaderVersion(apiKey: number, version: number): number {
  const api = apis.get(apiKey)
  if (api === undefined || apiKey === apiVersionsKey) return 0
  return includesVersion(api.response.flexibleVersions, version) ? 1 : 0
}
