/** The process's log: lines on standard error, for people or as JSON. */
import type { LogFields, Logger, LogLevel, LogLevels } from '@dorsale/base'
import { destination, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'

const standardError = 2

export interface ProcessLogger extends Logger {
  readonly levels: LogLevels
}

/** One logger, `root`; every line of the process goes through it. */
export function createProcessLogger(options: { json: boolean }): ProcessLogger {
  // Synchronous: the last lines before the death of a process are the ones that matter.
  const target = destination({ dest: standardError, sync: true })
  const settings = { base: null, messageKey: 'message', timestamp: stdTimeFunctions.isoTime }
  const named = { ...settings, formatters: { level: (label: string) => ({ level: label }) } }
  const root = pino(named, options.json ? target : { write: line => target.write(humanLine(line)) })
  return { ...adapt(root), levels: levelsOf(root) }
}

/** A logger made by `child` keeps the level that the root had then; the process makes none. */
function levelsOf(root: PinoLogger): LogLevels {
  const rootName = 'root'
  return {
    list: () => new Map([[rootName, root.level.toUpperCase() as LogLevel]]),
    set(name, level) {
      if (name !== rootName) return false
      if (level !== undefined) root.level = level.toLowerCase()
      return true
    },
  }
}

/** `2026-11-23T07:05:01.123Z INFO  listening on 127.0.0.1:9092 listener=PLAINTEXT`, from the line that pino would have written. */
export function humanLine(json: string): string {
  const { level, time, message, ...fields } = JSON.parse(json)
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${readable(value)}`)
  return `${time} ${String(level).toUpperCase().padEnd(5)} ${message}${details.join('')}\n`
}

function readable(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'stack' in value) return String(value.stack)
  return typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value)
}

function adapt(logger: PinoLogger): Logger {
  const error = (fields: LogFields | undefined) =>
    fields !== undefined && 'error' in fields
      ? { ...fields, error: pino.stdSerializers.err(fields.error as Error) }
      : fields
  return {
    debug: (message, fields) => logger.debug(error(fields), message),
    info: (message, fields) => logger.info(error(fields), message),
    warn: (message, fields) => logger.warn(error(fields), message),
    error: (message, fields) => logger.error(error(fields), message),
    child: fields => adapt(logger.child(fields)),
  }
}
