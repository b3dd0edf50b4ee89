import type { Connection } from '../connection.ts'
import { adminEvents, type Emitter } from '../events.ts'
import { asKafkaJSError } from '../failures.ts'
import type { Admin, Logger } from '../types.ts'
import { aclAdmin } from './acls.ts'
import { configAdmin } from './configs.ts'
import { groupAdmin } from './groups.ts'
import { offsetAdmin } from './offsets.ts'
import { reassignmentAdmin } from './reassignments.ts'
import { topicAdmin } from './topics.ts'

export interface AdminOptions {
  readonly connection: Connection
  readonly emitter: Emitter
  readonly logger: Logger
}

export function createAdmin({ connection, emitter, logger: rootLogger }: AdminOptions): Admin {
  const logger = rootLogger.namespace('Admin')
  return {
    async connect() {
      await connection.open()
      emitter.emit(adminEvents.CONNECT)
    },

    async disconnect() {
      connection.close()
      emitter.emit(adminEvents.DISCONNECT)
    },

    ...inTheirTerms(topicAdmin(connection, logger)),
    ...inTheirTerms(offsetAdmin(connection)),
    ...inTheirTerms(groupAdmin(connection)),
    ...inTheirTerms(configAdmin(connection)),
    ...inTheirTerms(aclAdmin(connection)),
    ...inTheirTerms(reassignmentAdmin(connection)),

    async describeCluster() {
      const cluster = await connection.open()
      await cluster.refreshed()
      if (cluster.lastError !== undefined) throw asKafkaJSError(cluster.lastError)
      const { brokers, controllerId, clusterId } = cluster.metadata
      return {
        brokers: [...brokers.values()].map(({ nodeId, host, port }) => ({ nodeId, host, port })),
        controller: controllerId < 0 ? null : controllerId,
        clusterId: clusterId ?? '',
      }
    },

    logger: () => logger,
    on: emitter.on as Admin['on'],
    events: adminEvents,
  }
}

/** Whatever a call rejects with is one of kafkajs's errors. */
function inTheirTerms<Calls extends object>(calls: Calls): Calls {
  const wrapped = Object.entries(calls).map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await call(...args)
      } catch (error) {
        throw asKafkaJSError(error)
      }
    },
  ])
  return Object.fromEntries(wrapped)
}
