import type { Broker, BrokerOptions } from './broker.ts'
import { BrokerNode } from './broker-node.ts'

/**
 * Starts a broker; resolves when it is registered, unfenced and its listeners answer. Rejects with a `DorsaleError` whose message is one
 * sentence for the user: a directory in use or of another cluster, a busy port, a damaged log.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const node = new BrokerNode(options)
  try {
    await node.start()
  } catch (error) {
    await node.stop()
    throw error
  }
  return node
}
