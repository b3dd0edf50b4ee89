import type { Clock, Logger, Net } from '@dorsale/base'
import { apis } from '@dorsale/protocol'
import { type BoundListener, FrameServer, type ServerLimits } from '@dorsale/transport'
import type { ApiHandler } from './api.ts'
import { fetchKey } from './apis/01-fetch.ts'
import { controllerDescribeClusterApi } from './apis/60-describe-cluster.ts'
import type { BrokerCore } from './core.ts'
import { Dispatcher, servedApis } from './dispatch.ts'
import { bindEndpoints } from './listeners.ts'
import type { Doors } from './security/doors.ts'

export interface ControllerListenersOptions {
  readonly clock: Clock
  readonly net: Net
  readonly logger: Logger
  readonly limits: ServerLimits
  readonly core: BrokerCore
  /** Undefined: no listener asks for TLS or SASL. */
  readonly doors: Doors | undefined
  /** What the broker serves. */
  readonly handlers: readonly ApiHandler[]
}

/**
 * The controller's own door: what a client with `bootstrap.controllers` (KIP-919) may ask of the controllers, and nothing of records and groups. The controller is in
 * this process, so that the broker's handlers answer; who the nodes are is the one question that has another answer here. Other nodes are not spoken to: the
 * quorum has one voter (ADR 0007). Rejects with a `NetError` when an address is taken.
 */
export async function openControllerListeners(options: ControllerListenersOptions): Promise<{
  readonly server: FrameServer
  readonly bound: readonly BoundListener[]
}> {
  const { clock, net, logger, limits, core, doors } = options
  const { config } = core
  const handlers = controllerHandlers(options.handlers)
  const unstable = config.values['unstable.api.versions.enable']
  const controller = { ...core, servedApis: servedApis(handlers, { listener: 'controller', unstable }) }
  const dispatcher = new Dispatcher(controller, handlers)
  const server = new FrameServer({ clock, net, logger, limits, handler: dispatcher })
  try {
    const bound = await bindEndpoints(server, config.controllerListeners, { config, dispatcher, doors })
    return { server, bound }
  } catch (error) {
    await server.close({ graceMs: 0 })
    throw error
  }
}

/** Those that Kafka's controller serves too. Fetch is the metadata log's there, for other nodes. */
function controllerHandlers(handlers: readonly ApiHandler[]): ApiHandler[] {
  return handlers
    .filter(({ key }) => key !== fetchKey && apis.get(key)?.listeners.includes('controller'))
    .map(handler => (handler.key === controllerDescribeClusterApi.key ? controllerDescribeClusterApi : handler))
}
