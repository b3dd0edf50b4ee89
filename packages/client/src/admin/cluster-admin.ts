/** The cluster as a whole: its nodes. */
import {
  apiVersionsRequest,
  apiVersionsResponse,
  describeClusterRequest,
  describeClusterResponse,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
} from '@dorsale/protocol'
import type { BrokerInfo } from '../metadata/metadata-cache.ts'
import { clientSoftware } from '../network/api-versions.ts'
import { endpointTypes } from '../network/cluster.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { refuse } from './answer.ts'
import { type AclOperation, operationsIn } from './operations.ts'
import { toBroker } from './route.ts'

/** A broker, or a controller. */
export interface ClusterNode extends BrokerInfo {
  /** Whether the broker is registered and not serving, or not yet. */
  readonly isFenced: boolean
}

/** The cluster with its nodes. */
export interface ClusterDescription {
  readonly clusterId: string
  /** -1: none at the moment. With KRaft, the broker that stands for the controller. */
  readonly controllerId: number
  /** The controllers, when the client was told to ask them (`bootstrap.controllers`). */
  readonly brokers: readonly ClusterNode[]
  /** Undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeClusterOptions extends CallOptions {
  /** Whether to say what the caller may do with the cluster. Default: false. */
  readonly includeAuthorizedOperations?: boolean
  /** Whether to name brokers that are registered and not serving. Default: false. Brokers can since Kafka 4.0. */
  readonly includeFencedBrokers?: boolean
}

/** The versions of one API that a broker serves. */
export interface ApiVersionRange {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

export interface ClusterAdmin {
  describeCluster(options?: DescribeClusterOptions): Promise<ClusterDescription>
  /** Forgets a broker that will not come back. */
  unregisterBroker(brokerId: number, options?: CallOptions): Promise<void>
  /** What one broker serves, by API key. Kafka's own client keeps this to itself; its tool kafka-broker-api-versions asks. */
  describeApiVersions(brokerId: number, options?: CallOptions): Promise<ApiVersionRange[]>
}

export function clusterAdmin(core: AdminCore): ClusterAdmin {
  return {
    describeCluster: (options = {}) =>
      core.one({
        what: 'the description of the cluster',
        options,
        async ask(link) {
          const value = {
            includeClusterAuthorizedOperations: options.includeAuthorizedOperations ?? false,
            includeFencedBrokers: options.includeFencedBrokers ?? false,
            endpointType: core.cluster.asksControllers ? endpointTypes.controller : endpointTypes.broker,
          }
          const response = await core.request(link, describeClusterRequest, describeClusterResponse, value)
          refuse('the cluster', response)
          const { clusterId, controllerId, clusterAuthorizedOperations } = response
          return {
            clusterId,
            controllerId,
            brokers: response.brokers.map(({ brokerId: nodeId, host, port, rack, isFenced }) => ({
              nodeId,
              host,
              port,
              rack,
              isFenced,
            })),
            authorizedOperations: operationsIn(clusterAuthorizedOperations),
          }
        },
      }),

    unregisterBroker: (brokerId, options = {}) =>
      core.one({
        what: `the removal of broker ${brokerId}`,
        options,
        async ask(link) {
          const response = await core.request(link, unregisterBrokerRequest, unregisterBrokerResponse, { brokerId })
          refuse(`broker ${brokerId}`, response)
        },
      }),

    describeApiVersions: (brokerId, options = {}) =>
      core.one({
        what: `the API versions of broker ${brokerId}`,
        options,
        route: toBroker(() => brokerId),
        async ask(link) {
          const response = await core.request(link, apiVersionsRequest, apiVersionsResponse, clientSoftware)
          refuse(`broker ${brokerId}`, response)
          return response.apiKeys
            .map(({ apiKey, minVersion, maxVersion }) => ({ apiKey, minVersion, maxVersion }))
            .sort((one, other) => one.apiKey - other.apiKey)
        },
      }),
  }
}
