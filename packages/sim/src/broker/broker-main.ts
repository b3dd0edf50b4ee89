import { DorsaleError } from '@dorsale/base'
import { type Broker, type BrokerConfig, formatTarget, loadBrokerConfig, startBroker } from '@dorsale/broker'
import { formatStorage } from '@dorsale/raft'
import type { Host } from '../world/process.ts'
import { brokerPort } from './driver.ts'

const dataDirectory = '/data'

/** The configuration of a single node on its machine's address, with what a scenario changes. */
export function brokerConfig(overrides: Record<string, string> = {}): BrokerConfig {
  const loaded = loadBrokerConfig({
    host: '0.0.0.0',
    port: brokerPort,
    dataDirectory,
    overrides: new Map(Object.entries(overrides)),
  })
  if ('problems' in loaded) throw new Error(loaded.problems.map(problem => problem.message).join(' '))
  return loaded.config
}

/**
 * The life of a broker process, as `dorsale start` leads it: format what is not formatted, start, serve until death. What it cannot
 * survive (a failing disk) ends it with 1, and its supervisor starts the next. `onStarted` is shown each broker that serves.
 */
export async function runBroker(
  host: Host,
  config: BrokerConfig,
  { onStarted }: { onStarted?: (broker: Broker) => void } = {},
): Promise<void> {
  try {
    formatStorage({ ...host, ...formatTarget(config), ignoreFormatted: true })
    const broker = await startBroker({ ...host, config })
    host.logger.info('ready')
    onStarted?.(broker)
    host.onTerminate(async () => {
      await broker.stop()
      host.logger.info('stopped')
      host.exit(0)
    })
    broker.onFatal(error => {
      host.logger.error('cannot go on', { error })
      host.exit(1)
    })
  } catch (error) {
    // An operating error is the world's doing; anything else is a bug and stays one.
    if (!(error instanceof DorsaleError)) throw error
    host.logger.error('cannot start', { error })
    host.exit(1)
  }
}
