/** What brokers want to know of their clients (KIP-714). */
import { getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse } from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { refuse } from './answer.ts'
import type { ConfigAdmin, ConfigResource } from './configs.ts'

export interface TelemetryAdmin {
  /** The id that the brokers know this client by; drawn by the first that is asked. Brokers that collect no metrics do not serve it. */
  clientInstanceId(options?: CallOptions): Promise<string>
  /** `listConfigResources` of the type `CLIENT_METRICS`. */
  listClientMetricsResources(options?: CallOptions): Promise<ConfigResource[]>
}

export function telemetryAdmin(core: AdminCore, { listConfigResources }: ConfigAdmin): TelemetryAdmin {
  let known: string | undefined
  return {
    listClientMetricsResources: (options = {}) => listConfigResources({ ...options, types: ['CLIENT_METRICS'] }),

    clientInstanceId: async (options = {}) => {
      known ??= await core.one({
        what: 'the id of the client',
        options,
        async ask(link) {
          const tables = [getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse] as const
          const response = await core.request(link, ...tables, {})
          refuse('the id of the client', response)
          return response.clientInstanceId
        },
      })
      return known
    },
  }
}
