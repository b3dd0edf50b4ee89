import type { AnyConfigTable, ConfigProblem, ConfigTable } from '@dorsale/base'
import {
  type ConfigResource,
  type ConfigTable as ControllerConfigTable,
  configResourceTypes,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { parseSubscription } from './client-metrics.ts'
import {
  type BrokerConfig,
  brokerTable,
  brokerText,
  clientMetricsTable,
  groupProblem,
  groupTable,
  topicTable,
} from './config/index.ts'
import { describeTopicConfigs } from './described-configs.ts'

/** What the controller asks about configuration keys, answered from our tables. */
export function controllerConfigTable(broker: BrokerConfig): ControllerConfigTable {
  return {
    validate(resource, configs) {
      switch (resource.type) {
        case configResourceTypes.TOPIC:
          refuseProblem(topicTable, 'topic', topicTable.parse(configs).problems)
          return
        case configResourceTypes.BROKER:
          // The broker has judged them: it knows what it was started with, and what it can take over while it runs.
          return
        case configResourceTypes.CLIENT_METRICS:
          parseSubscription(resource.name, configs)
          return
        case configResourceTypes.GROUP: {
          const { config, problems } = groupTable.parse(configs)
          refuseProblem(groupTable, 'group', problems)
          const problem = groupProblem(config, new Set(configs.keys()), broker.values)
          if (problem !== undefined) throw new ProtocolError(errorCodes.INVALID_CONFIG, problem)
          return
        }
        default:
          throw new ProtocolError(errorCodes.INVALID_REQUEST, `Unexpected resource type ${resource.type}.`)
      }
    },

    // Lists of subscriptions and groups are set whole, as in Kafka, whose controller does not know their types.
    isList: (resource, key) =>
      (resource.type === configResourceTypes.TOPIC || resource.type === configResourceTypes.BROKER) &&
      tableOf(resource)?.row(key)?.type === 'list',

    defaultValue(resource, key) {
      if (resource.type === configResourceTypes.TOPIC) {
        const fromBroker = brokerText(broker, key)
        if (fromBroker !== undefined) return fromBroker.text
      }
      const table = tableOf(resource)
      return table?.row(key) === undefined ? undefined : table.defaultText(key)
    },

    effectiveTopicConfigs: (overrides, clusterDefaults) =>
      describeTopicConfigs(
        { config: broker, dynamic: { broker: new Map(), cluster: clusterDefaults } },
        overrides,
      ).sort((a, b) => (a.name < b.name ? -1 : 1)),
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

function refuseProblem(table: AnyConfigTable, kind: string, problems: readonly ConfigProblem[]): void {
  const problem = problems[0]
  if (problem === undefined) return
  const isUnknown = problem.key !== '' && table.row(problem.key) === undefined
  throw new ProtocolError(
    errorCodes.INVALID_CONFIG,
    isUnknown ? `Unknown ${kind} config name: ${problem.key}` : problem.message,
  )
}
