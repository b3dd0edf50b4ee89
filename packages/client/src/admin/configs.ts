/** Settings of topics, brokers, their loggers, client metrics subscriptions and groups: described, altered, listed. */
import {
  describeConfigsRequest,
  describeConfigsResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { answerOf, doneOf, refuse } from './answer.ts'
import { Codes, type NameIn } from './codes.ts'
import { type ConfigEntry, configEntryOf } from './config-entry.ts'
import type { Itemized } from './itemized.ts'
import { toBroker } from './route.ts'

const resourceTypes = new Codes({ UNKNOWN: 0, TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 })
const operations = new Codes({ SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 })

/** What has settings: `TOPIC`, `BROKER`, `BROKER_LOGGER`, `CLIENT_METRICS`, `GROUP`. */
export type ConfigResourceType = NameIn<typeof resourceTypes>

/** What has settings. `BROKER` with the name '' stands for the default of all brokers. */
export interface ConfigResource {
  readonly type: ConfigResourceType
  readonly name: string
}

export interface DescribedResource extends ConfigResource {
  /** Which settings. Default: all. */
  readonly keys?: readonly string[]
}

export interface DescribeConfigsOptions extends CallOptions {
  /** Whether to say where each value comes from. Default: false. */
  readonly includeSynonyms?: boolean
  /** Whether to say what each setting is for. Default: false. */
  readonly includeDocumentation?: boolean
}

/** One change of a setting. */
export interface AlterConfigOp {
  readonly name: string
  readonly op: NameIn<typeof operations>
  /** For `APPEND` and `SUBTRACT`, the parts of a list, separated by commas; `DELETE` has none. */
  readonly value?: string
}

export interface AlteredResource extends ConfigResource {
  readonly ops: readonly AlterConfigOp[]
}

export interface AlterConfigsOptions extends CallOptions {
  /** Only asks whether it would succeed. Default: false. */
  readonly validateOnly?: boolean
}

export interface ListConfigResourcesOptions extends CallOptions {
  /** Default: all that the broker lists. */
  readonly types?: readonly ConfigResourceType[]
}

export interface ConfigAdmin {
  /** The settings of resources. A broker, and its loggers, are asked for at that broker. */
  describeConfigs(
    resources: readonly DescribedResource[],
    options?: DescribeConfigsOptions,
  ): Itemized<DescribedResource, ConfigEntry[]>
  /** Changes settings one by one, and leaves the others as they are (KIP-339). All ops of a resource succeed, or none. */
  incrementalAlterConfigs(
    resources: readonly AlteredResource[],
    options?: AlterConfigsOptions,
  ): Itemized<AlteredResource, void>
  /** What has settings of its own (KIP-1142); brokers older than Kafka 4.1 list client metrics subscriptions alone. */
  listConfigResources(options?: ListConfigResourcesOptions): Promise<ConfigResource[]>
}

export function configAdmin(core: AdminCore): ConfigAdmin {
  return {
    describeConfigs: (resources, options = {}) =>
      core.each<DescribedResource, ConfigEntry[]>({
        what: 'the description of settings',
        keys: resources,
        options,
        route: toBroker(brokerOf),
        async ask(link, keys) {
          const value = {
            resources: keys.map(key => ({ ...wireResource(key), configurationKeys: key.keys ? [...key.keys] : null })),
            includeSynonyms: options.includeSynonyms ?? false,
            includeDocumentation: options.includeDocumentation ?? false,
          }
          const response = await core.request(link, describeConfigsRequest, describeConfigsResponse, value)
          const rows = new Map(response.results.map(row => [nameOfRow(row), row]))
          return key => answerOf(subjectOf(key), rows.get(nameOfKey(key)), ({ configs }) => configs.map(configEntryOf))
        },
      }),

    incrementalAlterConfigs: (resources, options = {}) =>
      core.each<AlteredResource, void>({
        what: 'the change of settings',
        keys: resources,
        options,
        route: toBroker<AlteredResource>(brokerOf),
        async ask(link, keys) {
          const value = {
            resources: keys.map(key => ({
              ...wireResource(key),
              configs: key.ops.map(({ name, op, value: text }) => ({
                name,
                configOperation: operations.code(op),
                value: text ?? null,
              })),
            })),
            validateOnly: options.validateOnly ?? false,
          }
          const response = await core.request(
            link,
            incrementalAlterConfigsRequest,
            incrementalAlterConfigsResponse,
            value,
          )
          const rows = new Map(response.responses.map(row => [nameOfRow(row), row]))
          return key => doneOf(subjectOf(key), rows.get(nameOfKey(key)))
        },
      }),

    listConfigResources: (options = {}) =>
      core.one({
        what: 'the resources with settings',
        options,
        async ask(link) {
          const value = { resourceTypes: (options.types ?? []).map(type => resourceTypes.code(type)) }
          const response = await core.request(link, listConfigResourcesRequest, listConfigResourcesResponse, value)
          refuse('the resources with settings', response)
          return response.configResources.map(({ resourceName: name, resourceType }) => ({
            type: resourceTypes.name(resourceType),
            name,
          }))
        },
      }),
  }
}

/** A broker knows its own settings only; the default of all brokers, as everything else, any broker knows. */
function brokerOf({ type, name }: ConfigResource): number | undefined {
  return (type === 'BROKER' || type === 'BROKER_LOGGER') && name !== '' ? Number(name) : undefined
}

function wireResource({ type, name }: ConfigResource) {
  return { resourceType: resourceTypes.code(type), resourceName: name }
}

function nameOfRow({ resourceType, resourceName }: { resourceType: number; resourceName: string }): string {
  return `${resourceType} ${resourceName}`
}

function nameOfKey(key: ConfigResource): string {
  return nameOfRow(wireResource(key))
}

/** For a sentence: `topic orders`. */
function subjectOf({ type, name }: ConfigResource): string {
  return `${type.toLowerCase().replaceAll('_', ' ')} ${name}`.trim()
}
