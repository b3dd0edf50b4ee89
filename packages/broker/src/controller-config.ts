import type { ConfigProblem, ConfigTable } from '@dorsale/base'
import {
  type ConfigResource,
  type ConfigTable as ControllerConfigTable,
  configResourceTypes,
  type EffectiveConfig,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import {
  type BrokerConfig,
  brokerTable,
  brokerText,
  clientMetricsTable,
  configSources,
  groupTable,
  topicTable,
} from './config/index.ts'

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

    effectiveTopicConfigs: (overrides, clusterDefaults) => effectiveTopicConfigs(broker, overrides, clusterDefaults),
  }
}

/** Every key of a topic with its value and where that comes from, as CreateTopics and DescribeConfigs show it. */
function effectiveTopicConfigs(
  broker: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
  clusterDefaults: ReadonlyMap<string, string>,
): EffectiveConfig[] {
  const dynamic = { broker: new Map<string, string>(), cluster: clusterDefaults }
  const configs: EffectiveConfig[] = []
  for (const name of topicTable.keys) {
    const row = topicTable.row(name)
    if (row?.internal === true) continue
    const override = overrides.get(name)
    const inherited = brokerText(broker, name, dynamic)
    configs.push({
      name,
      value: override ?? inherited?.text ?? topicTable.defaultText(name),
      readOnly: false,
      configSource: override !== undefined ? configSources.TOPIC : (inherited?.source ?? configSources.DEFAULT),
      isSensitive: row?.type === 'password',
    })
  }
  return configs
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
