import { type ConfigOf, defineConfig } from '@dorsale/base'
import { authorizerRows } from './authorizer.ts'
import { brokerQuotaRows } from './broker-quotas.ts'
import { brokerRelations } from './broker-relations.ts'
import { brokerRows } from './broker-rows.ts'
import { clientMetricsRows } from './client-metrics.ts'
import { clientQuotaRows } from './client-quotas.ts'
import { groupRows } from './group.ts'
import { ipQuotaRows } from './ip-quotas.ts'
import { topicRows } from './topic.ts'

export { type BrokerValues, brokerAreas } from './broker-rows.ts'

/** The keys of a broker or controller, and what holds between them. */
export const brokerTable = defineConfig(brokerRows, brokerRelations)

/** The keys of a topic. */
export const topicTable = defineConfig(topicRows, [
  [
    'min.compaction.lag.ms',
    c =>
      `conflict topic config setting min.compaction.lag.ms (${c['min.compaction.lag.ms']}) > max.compaction.lag.ms (${c['max.compaction.lag.ms']})`,
    c => c['min.compaction.lag.ms'] <= c['max.compaction.lag.ms'],
  ],
])

/** Each topic key with its value. */
export interface TopicValues extends ConfigOf<typeof topicTable> {}

/** The keys of a group. */
export const groupTable = defineConfig(groupRows)

/** Each group key with its value. */
export interface GroupValues extends ConfigOf<typeof groupTable> {}

/** The keys of a client metrics subscription. */
export const clientMetricsTable = defineConfig(clientMetricsRows)

/** The quotas of a broker's replication, which are dynamic settings of brokers and stand in no file. */
export const brokerQuotaTable = defineConfig(brokerQuotaRows)

/** The quotas of users and clients. */
export const clientQuotaTable = defineConfig(clientQuotaRows)

/** The quotas of client addresses. */
export const ipQuotaTable = defineConfig(ipQuotaRows)

/** The keys of the authorizer. */
export const authorizerTable = defineConfig(authorizerRows)
