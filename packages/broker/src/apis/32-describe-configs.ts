/**
 * DescribeConfigs, key 32, versions 1 to 4: the settings of topics and of this broker, with where each comes from.
 *
 * - v1 adds synonyms; v3 types and documentation; v4 is flexible. No keys (null or none) means every key.
 * - A broker is this one, by its id; the empty name means what is set as the default of all brokers. Passwords are never shown.
 * - Not done: broker loggers, client metrics and groups as resources (INVALID_REQUEST): what they configure is not there yet.
 */
import { configResourceTypes, topicNameProblem } from '@dorsale/coordinate'
import {
  createMessage,
  type DescribeConfigsRequest,
  type DescribeConfigsRequestResource,
  type DescribeConfigsResponse,
  type DescribeConfigsResponseResult,
  describeConfigsResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import {
  type DescribedConfig,
  describeBrokerConfigs,
  describeClusterDefaults,
  describeTopicConfigs,
} from '../described-configs.ts'

export const describeConfigsApi = defineApi<DescribeConfigsRequest, DescribeConfigsResponse>({
  key: 32,

  handle(core, request, call) {
    const withTypes = call.apiVersion >= 3
    return createMessage(describeConfigsResponse, {
      results: request.resources.map(resource => {
        const { resourceType, resourceName, configurationKeys } = resource
        try {
          const wanted = new Set(configurationKeys ?? [])
          const configs = describeResource(core, resource)
            .filter(({ name }) => wanted.size === 0 || wanted.has(name))
            .map(config => ({
              ...config,
              synonyms: request.includeSynonyms ? [...config.synonyms] : [],
              configType: withTypes ? config.configType : 0,
              documentation: withTypes ? (request.includeDocumentation ? config.documentation : null) : '',
            }))
          return { errorCode: errorCodes.NONE, errorMessage: '', resourceType, resourceName, configs }
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
          return failed(resource, error.errorCode, error.message)
        }
      }),
    })
  },

  refuse: (request, errorCode) =>
    createMessage(describeConfigsResponse, {
      results: request.resources.map(resource => failed(resource, errorCode, null)),
    }),
})

function describeResource(
  core: BrokerCore,
  { resourceType, resourceName }: DescribeConfigsRequestResource,
): DescribedConfig[] {
  const dynamic = core.topicConfigs.dynamicSettings()
  switch (resourceType) {
    case configResourceTypes.TOPIC: {
      const problem = topicNameProblem(resourceName)
      if (problem !== undefined) throw new ProtocolError(errorCodes.INVALID_TOPIC_EXCEPTION, problem)
      if (!core.image.topicsByName.has(resourceName)) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
      const overrides = core.image.configsOf(configResourceTypes.TOPIC, resourceName)
      return describeTopicConfigs(core.config, overrides, dynamic)
    }
    case configResourceTypes.BROKER:
      if (resourceName === '') return describeClusterDefaults(dynamic.cluster)
      checkBroker(core, resourceName)
      return describeBrokerConfigs(core.config, dynamic)
    default:
      throw new ProtocolError(errorCodes.INVALID_REQUEST, `Resources of type ${resourceType} have no settings here.`)
  }
}

function checkBroker({ nodeId }: BrokerCore, name: string): void {
  if (!/^[-+]?\d+$/.test(name)) {
    throw new ProtocolError(errorCodes.INVALID_REQUEST, `Broker id must be an integer, but it is: ${name}`)
  }
  if (Number(name) !== nodeId) {
    throw new ProtocolError(
      errorCodes.INVALID_REQUEST,
      `Unexpected broker id, expected ${nodeId} or empty string, but received ${name}`,
    )
  }
}

function failed(
  { resourceType, resourceName }: DescribeConfigsRequestResource,
  errorCode: number,
  errorMessage: string | null,
): DescribeConfigsResponseResult {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] }
}
