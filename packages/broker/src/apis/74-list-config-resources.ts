/**
 * ListConfigResources, key 74, versions 0 to 1: names of what can carry configuration. v0 was ListClientMetricsResources and knows nothing else; v1 asks
 * for types, none meaning all, and answers topics, brokers with their loggers, groups and client metrics subscriptions that have settings.
 */
import { type ConfigResourceType, configResourceTypes } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  type ListConfigResourcesRequest,
  type ListConfigResourcesResponse,
  listConfigResourcesResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'

export const listConfigResourcesApi = defineApi<ListConfigResourcesRequest, ListConfigResourcesResponse>({
  key: 74,

  handle(core, request, call) {
    call.rights.require('DESCRIBE_CONFIGS', 'CLUSTER')
    if (call.apiVersion === 0) return respond(core, [configResourceTypes.CLIENT_METRICS])
    const { resourceTypes } = request
    if (resourceTypes.some(type => !(listedTypes as readonly number[]).includes(type))) {
      return refused(errorCodes.UNSUPPORTED_VERSION)
    }
    const wanted = listedTypes.filter(type => resourceTypes.length === 0 || resourceTypes.includes(type))
    return respond(core, wanted)
  },

  refuse: (_request, errorCode) => refused(errorCode),
})

const { GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC } = configResourceTypes
/** In the order of the answer. */
const listedTypes = [GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC] as const

function respond(core: BrokerCore, types: readonly ConfigResourceType[]): ListConfigResourcesResponse {
  return createMessage(listConfigResourcesResponse, {
    configResources: types.flatMap(resourceType =>
      namesOf(core, resourceType).map(resourceName => ({ resourceName, resourceType })),
    ),
  })
}

function namesOf(core: BrokerCore, type: ConfigResourceType): string[] {
  if (type === TOPIC) return [...core.image.topicsByName.keys()]
  if (type === BROKER || type === BROKER_LOGGER) return [...core.image.brokers.keys()].map(String)
  return [...core.image.configResources()].filter(resource => resource.type === type).map(({ name }) => name)
}

function refused(errorCode: number): ListConfigResourcesResponse {
  return createMessage(listConfigResourcesResponse, { errorCode })
}
