/**
 * IncrementalAlterConfigs, key 44, versions 0 to 1: sets, deletes, appends to and subtracts from single keys of topics, brokers, their loggers, groups
 * and client metrics subscriptions. v1 is flexible.
 *
 * - Each resource succeeds or fails for itself; `validateOnly` checks and changes nothing.
 * - A broker's settings are judged by that broker, since it knows what it can follow while it runs; the empty name means all brokers. Loggers change at
 *   once in this process and are recorded nowhere. Everything else is the controller's.
 */
import { alteredList, configOperations, configResourceTypes } from '@dorsale/coordinate'
import {
  createMessage,
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsRequestAlterConfigsResource,
  type IncrementalAlterConfigsResponse,
  incrementalAlterConfigsResponse,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import { brokerTable } from '../config/index.ts'
import {
  type AlteredKey,
  alterLoggers,
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

export const incrementalAlterConfigsApi = defineApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>({
  key: 44,

  async handle(core, request, call) {
    const { resources, validateOnly } = request
    const verdicts = judgeResources(resources, resource => {
      // Loggers change at once, so that their turn comes before; the others are Kafka's controller's to refuse, after what its broker finds wrong.
      if (resource.resourceType === configResourceTypes.BROKER_LOGGER) checkRights(call, resource)
      const verdict = judge(core, resource, validateOnly)
      if (verdict === undefined) checkRights(call, resource)
      return verdict
    })
    const left = resources.filter((_, index) => verdicts[index] === undefined)
    const decided =
      left.length === 0
        ? []
        : (
            await core.metadata.submit(controller =>
              controller.incrementalAlterConfigs({ ...request, resources: left }),
            )
          ).responses
    return createMessage(incrementalAlterConfigsResponse, { responses: mergeVerdicts(resources, verdicts, decided) })
  },

  refuse: (request, errorCode) =>
    createMessage(incrementalAlterConfigsResponse, {
      responses: request.resources.map(({ resourceType, resourceName }) => ({
        errorCode,
        errorMessage: null,
        resourceType,
        resourceName,
      })),
    }),
})

function checkRights({ rights }: Call, resource: IncrementalAlterConfigsRequestAlterConfigsResource): void {
  checkConfigRights(rights, 'ALTER_CONFIGS', resource)
}

function judge(
  core: BrokerCore,
  { resourceType, resourceName, configs }: IncrementalAlterConfigsRequestAlterConfigsResource,
  validateOnly: boolean,
): Verdict {
  checkKeys(configs)
  if (isForController(resourceType)) return undefined
  switch (resourceType) {
    case configResourceTypes.BROKER_LOGGER:
      alterLoggers(core, resourceName, configs, { validateOnly })
      return 'done'
    case configResourceTypes.BROKER:
      checkBrokerSettings(core, resourceName, altered(core, ownSettings(core, resourceName), configs))
      return undefined
    default:
      throw invalidRequest(`Unknown resource type ${resourceType}`)
  }
}

/** The settings after the operations. */
function altered(
  core: BrokerCore,
  current: ReadonlyMap<string, string>,
  configs: readonly AlteredKey[],
): Map<string, string> {
  const next = new Map(current)
  for (const { name, configOperation, value } of configs) {
    if (configOperation === configOperations.DELETE) next.delete(name)
    else if (configOperation === configOperations.SET) next.set(name, value!)
    else if (configOperation === configOperations.APPEND || configOperation === configOperations.SUBTRACT) {
      // What is no list is the controller's to refuse.
      if (brokerTable.row(name)?.type !== 'list') continue
      const text = current.get(name) ?? core.config.settings.get(name) ?? brokerTable.defaultText(name as never) ?? ''
      next.set(name, alteredList(text, configOperation, value!))
    } else throw invalidRequest(`Unknown operations type ${configOperation}`)
  }
  return next
}
