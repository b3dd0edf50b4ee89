/** `dorsale start`: one process, one broker, from the first line of configuration to the last signal. */
import { writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Logger } from '@dorsale/base'
import { nodeClock, nodeDisk, nodeNet, nodeOffload, nodePrng } from '@dorsale/base/node'
import { type Broker, formatTarget, otlpHttpReceiver, startBroker } from '@dorsale/broker'
import { formatStorage } from '@dorsale/raft'
import { keepCompiledCode } from '../compiled-code.ts'
import { type Configuration, type ConfigurationOptions, loadConfiguration } from '../configuration.ts'
import { tuneHeap } from '../heap.ts'
import { isWildcard, openListenerWarnings } from '../open-listeners.ts'
import { createProcessLogger } from '../process-logger.ts'

const standardOutput = 1

export interface StartOptions extends ConfigurationOptions {
  json: boolean
  /** Where an OpenTelemetry collector takes metrics. */
  clientMetrics?: string
}

/** Resolves when the broker is ready; the process then lives until a signal, or until the broker cannot go on. */
export async function start(options: StartOptions): Promise<void> {
  tuneHeap()
  const configuration = loadConfiguration(options)
  const logger = createProcessLogger({ json: options.json })
  for (const notice of configuration.notices) logger.warn(notice)
  const { config, opensControllerListeners } = configuration
  const opened = [...config.listeners, ...(opensControllerListeners ? config.controllerListeners : [])]
  for (const warning of openListenerWarnings(opened, config.settings)) logger.warn(warning)

  const world = { clock: nodeClock, disk: nodeDisk, net: nodeNet, prng: nodePrng() }
  if (configuration.isOurs) formatStorage({ ...world, ...formatTarget(config), ignoreFormatted: true })
  // One core is the event loop's.
  const offload = nodeOffload({ threads: Math.max(1, availableParallelism() - 1) })
  const { clientMetrics: url } = options
  const telemetryReceiver = url === undefined ? undefined : otlpHttpReceiver({ url, fetch: globalThis.fetch, logger })
  const starting = startBroker({
    ...world,
    offload,
    logger,
    logLevels: logger.levels,
    telemetryReceiver,
    opensControllerListeners,
    fetch: globalThis.fetch,
    config,
  })
  stopOnSignal(starting, logger)
  const broker = await starting
  broker.onFatal(error => {
    logger.error('The broker cannot go on.', { error })
    process.exit(1)
  })
  writeSync(standardOutput, `${readyLine(broker, configuration, options)}\n`)
  keepCompiledCode()
}

/** The first signal stops the broker in order; the second ends the process at once. */
function stopOnSignal(starting: Promise<Broker>, logger: Logger): void {
  let isStopping = false
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, async () => {
      if (isStopping) process.exit(128 + numbers[signal])
      isStopping = true
      logger.info('Stopping.', { signal })
      const broker = await starting
      await broker.stop()
      process.exit(0)
    })
  }
}

function readyLine(broker: Broker, { dataDirectory }: Configuration, { json }: StartOptions): string {
  const bootstrap = broker.listeners.map(({ host, port }) => address(host, port)).join(',')
  if (json) return JSON.stringify({ ready: true, bootstrap, dataDirectory })
  return `Dorsale is ready on ${bootstrap}, data in ${dataDirectory}`
}

/** Something that a client on this machine can connect to. */
function address(host: string, port: number): string {
  if (isWildcard(host)) return `localhost:${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
