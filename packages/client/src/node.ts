/** The real world, for whoever runs a client in a Node process. */
import { type Logger, silentLogger } from '@dorsale/base'
import { nodeCanonicalNames, nodeClock, nodeDisk, nodeNet, nodePrng } from '@dorsale/base/node'
import type { OAuthTokenProvider } from './security/oauthbearer.ts'
import type { ClientWorld } from './world.ts'

export { type ConsoleLoggerOptions, consoleLogger } from './console-logger.ts'

export interface NodeWorldOptions {
  /** Is told what happens. Default: nobody is; `consoleLogger(console)` has the console told of what is wrong. */
  readonly logger?: Logger
  /** Answers tokens for OAUTHBEARER, in place of what the settings name. */
  readonly oauthToken?: OAuthTokenProvider
}

/** Clock, chance, network and disk of this process. */
export function nodeWorld({ logger = silentLogger, oauthToken }: NodeWorldOptions = {}): ClientWorld {
  const world = {
    clock: nodeClock,
    prng: nodePrng(),
    net: nodeNet,
    disk: nodeDisk,
    fetch: globalThis.fetch,
    canonicalNames: nodeCanonicalNames,
    logger,
  }
  return oauthToken === undefined ? world : { ...world, oauthToken }
}
