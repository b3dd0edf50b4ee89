import type { ConfigProblem, ConfigTable } from '@dorsale/base'
import {
  type ConfigResource,
  type ConfigTable as ControllerConfigTable,
  configResourceTypes,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import {
  type BrokerConfig,
  brokerTable,
  brokerText,
  clientMetricsTable,
  groupTable,
  topicTable,
} from './config/index.ts'
import { describeTopicConfigs } from './described-configs.ts'

/** What the controller asks about configuration keys, answered from our tables. */
export function controllerConfigTable(broker: BrokerConfig): ControllerConfigTable {
  return {
    validate(resource, configs) {
      const table = tableOf(resource)
      if (table === undefined) {
        throw new ProtocolError(errorCodes.INVALID_REQUEST, `Unexpected resource type ${resource.type}.`)
      }
      // Keys without a default are a broker's own (node.id, process.roles): a dynamic setting does not repeat them.
      const problem = table.parse(configs).problems.find(({ key }) => key === '' || configs.has(key))
      if (problem !== undefined)
        throw new ProtocolError(errorCodes.INVALID_CONFIG, sentenceOf(table, resource, problem))
    },

    isList: (resource, key) => tableOf(resource)?.row(key)?.type === 'list',

    defaultValue(resource, key) {
      if (resource.type === configResourceTypes.TOPIC) {
        const fromBroker = brokerText(broker, key)
        if (fromBroker !== undefined) return fromBroker.text
      }
      const table = tableOf(resource)
      return table?.row(key) === undefined ? undefined : table.defaultText(key)
    },

    effectiveTopicConfigs: (overrides, clusterDefaults) =>
      describeTopicConfigs(broker, overrides, { broker: new Map(), cluster: clusterDefaults }).sort((a, b) =>
        a.name < b.name ? -1 : 1,
      ),
  }
}

function tableOf({ type }: ConfigResource): ConfigTable | undefined {
  const tables: Readonly<Record<number, unknown>> = {
    [configResourceTypes.TOPIC]: topicTable,
    [configResourceTypes.BROKER]: brokerTable,
    [configResourceTypes.CLIENT_METRICS]: clientMetricsTable,
    [configResourceTypes.GROUP]: groupTable,
  }
  return tables[type] as ConfigTable | undefined
}

function sentenceOf(table: ConfigTable, { type }: ConfigResource, problem: ConfigProblem): string {
  const isUnknown = problem.key !== '' && table.row(problem.key) === undefined
  return isUnknown && type === configResourceTypes.TOPIC ? `Unknown topic config name: ${problem.key}` : problem.message
}
