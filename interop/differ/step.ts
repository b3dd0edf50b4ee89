import { type Api, apis, includesVersion, type StructType, type WireType } from '@dorsale/protocol'

/** What one broker has told so far, by names that steps choose: ids and epochs differ between two brokers, and later requests need them. */
export type Facts = Map<string, unknown>

/** An id that no topic has. */
export const unknownId = 'c29tZS1vdGhlci10b3BpYw'

/** A place in a request that is filled with what the broker asked has told before. */
export class Fact {
  readonly name: string
  readonly otherwise: unknown

  /** `otherwise` where the broker has not told it: a step before it was refused. */
  constructor(name: string, otherwise: unknown) {
    this.name = name
    this.otherwise = otherwise
  }
}

export interface Step {
  /** What is asked, in words; with API and version it names the step in the list of expected differences. */
  readonly name: string
  readonly api: Api
  readonly version: number
  /** The request's fields; those that its version lacks are left out, those that are missing have their defaults. */
  readonly request: object
  /** Who asks, where the brokers tell senders apart by their addresses. Default: the administrator. */
  readonly sender?: 'guest'
  /** Asked again until this holds of the answer: for what a broker makes when it is first asked for it. Default: asked once. */
  readonly until?: (response: Loose) => boolean
  /** Keeps what later steps need. */
  readonly learn?: (response: Loose, facts: Facts) => void
}

/** A decoded message whose table is not known when this is compiled. */
// biome-ignore lint/suspicious/noExplicitAny: steps look into responses of every API.
export type Loose = { [field: string]: any }

export function apiNamed(name: string): Api {
  for (const api of apis.values()) if (api.name === name) return api
  throw new Error(`no API is called ${name}`)
}

/** The same question at each version that Kafka serves, or at those asked for. */
export function atVersions(
  name: string,
  api: string,
  request: object | ((version: number) => object),
  more: { versions?: readonly number[]; learn?: Step['learn']; until?: Step['until'] } = {},
): Step[] {
  const found = apiNamed(api)
  const versions = more.versions ?? range(found.versionMin, found.stableVersionMax)
  return versions.map(version => ({
    name,
    api: found,
    version,
    request: typeof request === 'function' ? request(version) : request,
    ...(more.learn === undefined ? {} : { learn: more.learn }),
    ...(more.until === undefined ? {} : { until: more.until }),
  }))
}

/** At the newest stable version alone. */
export function atNewest(name: string, api: string, request: object, learn?: Step['learn']): Step[] {
  return atVersions(name, api, request, { versions: [apiNamed(api).stableVersionMax], ...(learn && { learn }) })
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** A request as this broker is asked it: facts filled in, and without the fields that the version lacks. */
export function requestFor({ api, version, request }: Step, facts: Facts): object {
  return fill(api.request.body, request, version, facts) as object
}

function fill(type: WireType, given: unknown, version: number, facts: Facts): unknown {
  const value = given instanceof Fact ? (facts.get(given.name) ?? given.otherwise) : given
  if (value === null || value === undefined) return value
  if (type.kind === 'nullable') return fill(type.of, value, version, facts)
  if (type.kind === 'array') return (value as unknown[]).map(element => fill(type.element, element, version, facts))
  if (type.kind !== 'struct') return value
  const fields = Object.entries((type as StructType).fields).filter(
    ([name, field]) => name in (value as object) && includesVersion(field.versions, version),
  )
  return Object.fromEntries(
    fields.map(([name, field]) => [name, fill(field.type, (value as Loose)[name], version, facts)]),
  )
}
