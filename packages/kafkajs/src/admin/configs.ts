/** Configuration of topics and brokers. */
import {
  alterConfigsRequest,
  alterConfigsResponse,
  type DescribeConfigsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
} from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { ConfigResourceTypes, ConfigSource } from '../enums.ts'
import type { Admin, IResourceConfig, ResourceConfigQuery } from '../types.ts'
import { checkAlteredConfigs, checkConfigQueries } from './checks.ts'
import { askBroker, refuse } from './requests.ts'

type ConfigAdmin = Pick<Admin, 'describeConfigs' | 'alterConfigs'>

export function configAdmin(connection: Connection): ConfigAdmin {
  return {
    async describeConfigs({ resources, includeSynonyms }) {
      checkConfigQueries(resources)
      const answers = await eachBroker(connection, resources, (nodeId, group) =>
        askBroker(connection, nodeId, describeConfigsRequest, describeConfigsResponse, {
          resources: group.map(({ type, name, configNames }) => ({
            resourceType: type,
            resourceName: name,
            configurationKeys: configNames && configNames.length > 0 ? configNames : null,
          })),
          includeSynonyms: includeSynonyms ?? false,
        }),
      )
      const results = answers.flatMap(answer => answer.results)
      results.forEach(refuse)
      const throttleTime = Math.max(...answers.map(answer => answer.throttleTimeMs))
      return { resources: results.map(describedResource), throttleTime }
    },

    /** Takes the place of everything that was set before, as it does in kafkajs. */
    async alterConfigs({ resources, validateOnly }) {
      checkAlteredConfigs(resources)
      const answers = await eachBroker(connection, resources, (nodeId, group) =>
        askBroker(connection, nodeId, alterConfigsRequest, alterConfigsResponse, {
          resources: group.map(({ type, name, configEntries }) => ({
            resourceType: type,
            resourceName: name,
            configs: configEntries,
          })),
          validateOnly: Boolean(validateOnly),
        }),
      )
      const rows = answers.flatMap(answer => answer.responses)
      rows.forEach(refuse)
      const done = rows.map(({ errorCode, errorMessage, resourceType, resourceName }) => ({
        errorCode,
        errorMessage,
        resourceType,
        resourceName,
      }))
      return { resources: done }
    },
  }
}

/** Each broker answers for its own configuration; of topics, any does. */
async function eachBroker<Resource extends ResourceConfigQuery | IResourceConfig, Answer>(
  connection: Connection,
  resources: readonly Resource[],
  ask: (nodeId: number, group: readonly Resource[]) => Promise<Answer>,
): Promise<Answer[]> {
  const cluster = await connection.open()
  return connection.retrying(
    () => {
      const anyId = cluster.reachableLink().nodeId
      const byBroker = Map.groupBy(resources, ({ type, name }) => (isOfBroker(type) ? Number(name) : anyId))
      return Promise.all([...byBroker].map(([nodeId, group]) => ask(nodeId, group)))
    },
    { bails: error => (error as { type?: string }).type !== undefined },
  )
}

function isOfBroker(type: number): boolean {
  return type === ConfigResourceTypes.BROKER || type === ConfigResourceTypes.BROKER_LOGGER
}

function describedResource(result: DescribeConfigsResponse['results'][number]) {
  const { errorCode, errorMessage, resourceType, resourceName, configs } = result
  return {
    errorCode,
    errorMessage: errorMessage as string,
    resourceType: resourceType as ConfigResourceTypes,
    resourceName,
    configEntries: configs.map(config => ({
      configName: config.name,
      configValue: config.value as string,
      readOnly: config.readOnly,
      isDefault: config.configSource === ConfigSource.DEFAULT_CONFIG,
      configSource: config.configSource as ConfigSource,
      isSensitive: config.isSensitive,
      configSynonyms: config.synonyms.map(({ name, value, source }) => ({
        configName: name,
        configValue: value as string,
        configSource: source as ConfigSource,
      })),
    })),
  }
}
