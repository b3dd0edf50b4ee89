/**
 * DescribeConfigs, key 32, versions 1 to 4: the settings of topics, of this broker and its loggers, of groups and client metrics subscriptions, with
 * where each comes from.
 *
 * - v1 adds synonyms; v3 types and documentation; v4 is flexible. No keys (null or none) means every key.
 * - A broker is this one, by its id; the empty name means what is set as the default of all brokers. Passwords are never shown.
 * - A resource of a type that does not exist, or that has no settings: the whole request is INVALID_REQUEST.
 * - Groups and subscriptions need not exist: what holds for one that has no settings is answered.
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
import { checkConfigRights, invalidRequest } from '../config-resources.ts'
import type { BrokerCore } from '../core.ts'
import {
  type DescribedConfig,
  describeBrokerConfigs,
  describeClientMetrics,
  describeClusterDefaults,
  describeGroupConfigs,
  describeLoggers,
  describeTopicConfigs,
} from '../described-configs.ts'

export const describeConfigsApi = defineApi<DescribeConfigsRequest, DescribeConfigsResponse>({
  key: 32,

  handle(core, request, call) {
    for (const { resourceType } of request.resources) {
      if (!describedTypes.has(resourceType)) throw invalidRequest(`Unknown resource type ${resourceType}`)
    }
    const withTypes = call.apiVersion >= 3
    return createMessage(describeConfigsResponse, {
      results: request.resources.map(resource => {
        const { resourceType, resourceName, configurationKeys } = resource
        try {
          const wanted = new Set(configurationKeys ?? [])
          checkConfigRights(call.rights, 'DESCRIBE_CONFIGS', resource)
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

const describedTypes: ReadonlySet<number> = new Set([
  configResourceTypes.TOPIC,
  configResourceTypes.BROKER,
  configResourceTypes.BROKER_LOGGER,
  configResourceTypes.CLIENT_METRICS,
  configResourceTypes.GROUP,
])

function describeResource(core: BrokerCore, resource: DescribeConfigsRequestResource): readonly DescribedConfig[] {
  const { resourceType, resourceName } = resource
  const broker = { config: core.config, dynamic: core.dynamicConfig.settings }
  switch (resourceType) {
    case configResourceTypes.TOPIC: {
      const problem = topicNameProblem(resourceName)
      if (problem !== undefined) throw new ProtocolError(errorCodes.INVALID_TOPIC_EXCEPTION, problem)
      // Kafka leaves this one without a text.
      if (!core.image.topicsByName.has(resourceName)) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, '')
      return describeTopicConfigs(broker, core.image.configsOf(configResourceTypes.TOPIC, resourceName))
    }
    case configResourceTypes.BROKER:
      if (resourceName === '') return describeClusterDefaults(broker.dynamic.cluster)
      checkBroker(core, resourceName, ' or empty string,')
      return describeBrokerConfigs(broker)
    case configResourceTypes.BROKER_LOGGER:
      if (resourceName === '') throw invalidRequest('Broker id must not be empty')
      checkBroker(core, resourceName, '')
      return describeLoggers(core.logLevels?.list() ?? new Map())
    case configResourceTypes.CLIENT_METRICS:
      if (resourceName === '') throw invalidRequest('Client metrics subscription name must not be empty')
      return describeClientMetrics(core.image.configsOf(configResourceTypes.CLIENT_METRICS, resourceName))
    case configResourceTypes.GROUP:
      if (resourceName === '') throw invalidRequest('Group name must not be empty')
      return describeGroupConfigs(broker, core.image.configsOf(configResourceTypes.GROUP, resourceName))
    default:
      throw new Error(`type ${resourceType} was let in, and nothing describes it`)
  }
}

function checkBroker({ nodeId }: BrokerCore, name: string, alternative: string): void {
  if (!/^[-+]?\d+$/.test(name)) throw invalidRequest(`Broker id must be an integer, but it is: ${name}`)
  if (Number(name) !== nodeId) {
    throw invalidRequest(`Unexpected broker id, expected ${nodeId}${alternative} but received ${name}`)
  }
}

function failed(
  { resourceType, resourceName }: DescribeConfigsRequestResource,
  errorCode: number,
  errorMessage: string | null,
): DescribeConfigsResponseResult {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] }
}
