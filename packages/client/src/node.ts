/** The real world, for whoever runs a client in a Node process. */
import { type Logger, silentLogger } from '@dorsale/base'
import { nodeClock, nodeNet, nodePrng } from '@dorsale/base/node'
import type { ClientWorld } from './world.ts'

/** Clock, chance and network of this process. `logger` is told what happens; default: nobody is. */
export function nodeWorld({ logger = silentLogger }: { logger?: Logger } = {}): ClientWorld {
  return { clock: nodeClock, prng: nodePrng(), net: nodeNet, logger }
}
