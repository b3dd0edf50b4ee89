/**
 * AlterConfigs, key 33, versions 0 to 2: replaces all of a resource's dynamic settings. v2 is flexible. Clients of Kafka 2.3 and later use
 * IncrementalAlterConfigs, which see; loggers cannot be altered here.
 */
import { configOperations, configResourceTypes } from '@dorsale/coordinate'
import {
  type AlterConfigsRequest,
  type AlterConfigsRequestResource,
  type AlterConfigsResponse,
  alterConfigsResponse,
  createMessage,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import {
  checkBrokerSettings,
  checkConfigRights,
  checkKeys,
  invalidRequest,
  isForController,
  judgeResources,
  mergeVerdicts,
  ownSettings,
  type Verdict,
} from '../config-resources.ts'
import type { BrokerCore } from '../core.ts'

export const alterConfigsApi = defineApi<AlterConfigsRequest, AlterConfigsResponse>({
  key: 33,

  async handle(core, request, { rights }) {
    const { resources } = request
    const verdicts = judgeResources(resources, resource => {
      const verdict = judge(core, resource)
      checkConfigRights(rights, 'ALTER_CONFIGS', resource)
      return verdict
    })
    const left = resources.filter((_, index) => verdicts[index] === undefined)
    const decided =
      left.length === 0
        ? []
        : (await core.metadata.submit(controller => controller.alterConfigs({ ...request, resources: left }))).responses
    return createMessage(alterConfigsResponse, { responses: mergeVerdicts(resources, verdicts, decided) })
  },

  refuse: (request, errorCode) =>
    createMessage(alterConfigsResponse, {
      responses: request.resources.map(({ resourceType, resourceName }) => ({
        errorCode,
        errorMessage: null,
        resourceType,
        resourceName,
      })),
    }),
})

function judge(core: BrokerCore, { resourceType, resourceName, configs }: AlterConfigsRequestResource): Verdict {
  checkKeys(configs.map(config => ({ ...config, configOperation: configOperations.SET })))
  if (isForController(resourceType)) return undefined
  if (resourceType !== configResourceTypes.BROKER) throw invalidRequest(`Unknown resource type ${resourceType}`)
  ownSettings(core, resourceName)
  checkBrokerSettings(core, resourceName, new Map(configs.map(({ name, value }) => [name, value!])))
  return undefined
}
