/** kafkajs's logger: levels by number, namespaces, and a sink of the application's choice. */
import type { Logger as ClientLogger, Clock, LogFields } from '@dorsale/base'
import { logLevel } from './enums.ts'
import { machine } from './machine/machine.ts'
import type { LogEntry, Logger, logCreator } from './types.ts'

const labels = { error: 'ERROR', warn: 'WARN', info: 'INFO', debug: 'DEBUG' } as const
type Severity = keyof typeof labels

export interface LoggerOptions {
  readonly level: logLevel
  readonly creator?: logCreator
  readonly clock: Clock
}

/** A logger without namespace. The variable `KAFKAJS_LOG_LEVEL` overrules the level, as in kafkajs. */
export function createLogger({ level, creator = consoleCreator, clock }: LoggerOptions): Logger {
  const state = { level: overruled(level) ?? level }
  const sink = creator(state.level)
  const named = (namespace: string | undefined, ownLevel: logLevel | undefined): Logger => {
    const write =
      (severity: Severity) =>
      (message: string, extra: object = {}) => {
        const label = labels[severity]
        const lineLevel = logLevel[label]
        if (lineLevel > (ownLevel ?? state.level)) return
        const timestamp = new Date(clock.now()).toISOString()
        const log = { timestamp, logger: 'kafkajs', message, ...extra }
        sink({ namespace: namespace as string, level: lineLevel, label, log })
      }
    return {
      info: write('info'),
      error: write('error'),
      warn: write('warn'),
      debug: write('debug'),
      namespace: (name, levelOfName) => named(name, overruled(levelOfName) ?? levelOfName),
      setLogLevel(next) {
        state.level = next
      },
    }
  }
  return named(undefined, undefined)
}

function overruled(level: logLevel | undefined): logLevel | undefined {
  const name = (machine.variable('KAFKAJS_LOG_LEVEL') ?? '').toUpperCase()
  return name in logLevel ? logLevel[name as keyof typeof logLevel] : level
}

/** One line of JSON each. */
function consoleCreator() {
  return ({ namespace, level, label, log }: LogEntry): void => {
    const message = namespace ? `[${namespace}] ${log.message}` : log.message
    const line = JSON.stringify({ level: label, ...log, message })
    if (level === logLevel.ERROR) machine.sink.error(line)
    else if (level === logLevel.WARN) machine.sink.warn(line)
    else if (level === logLevel.INFO) machine.sink.info(line)
    else machine.sink.debug(line)
  }
}

/** What the client below says. Its small talk counts as debugging here: the door itself tells what kafkajs tells. */
export function clientLogger(logger: Logger, fields: LogFields = {}): ClientLogger {
  const extra = (more: LogFields = {}) => {
    const all = { ...fields, ...more }
    return all.error instanceof Error ? { ...all, error: all.error.message } : all
  }
  return {
    debug: (message, more) => logger.debug(message, extra(more)),
    info: (message, more) => logger.debug(message, extra(more)),
    warn: (message, more) => logger.warn(message, extra(more)),
    error: (message, more) => logger.error(message, extra(more)),
    child: more => clientLogger(logger, { ...fields, ...more }),
  }
}
