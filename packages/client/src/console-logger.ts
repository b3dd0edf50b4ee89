import type { LogFields, Logger } from '@dorsale/base'

const levels = ['debug', 'info', 'warn', 'error'] as const

export interface ConsoleLoggerOptions {
  /** What is less grave is left out. Default: `warn`, so that nothing is said while all is well. */
  readonly level?: (typeof levels)[number]
}

/**
 * Has a client tell a console what it meets with, errors by `error` and all else by `warn`, so that standard output stays the application's own:
 *
 * ```ts
 * const world = nodeWorld({ logger: consoleLogger(console) })
 * // WARN a broker cannot be reached nodeId=-1 host=localhost port=9092 error="cannot connect to localhost:9092: ECONNREFUSED"
 * ```
 */
export function consoleLogger(to: Pick<Console, 'warn' | 'error'>, options: ConsoleLoggerOptions = {}): Logger {
  return loggerWith(to, levels.indexOf(options.level ?? 'warn'), {})
}

function loggerWith(to: Pick<Console, 'warn' | 'error'>, least: number, added: LogFields): Logger {
  const at = (level: (typeof levels)[number]) => (message: string, fields?: LogFields) => {
    if (levels.indexOf(level) < least) return
    const details = Object.entries({ ...added, ...fields }).map(([name, value]) => ` ${name}=${readable(value)}`)
    const line = `${level.toUpperCase()} ${message}${details.join('')}`
    if (level === 'error') to.error(line)
    else to.warn(line)
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => loggerWith(to, least, { ...added, ...fields }),
  }
}

/** One line, whatever it is. */
function readable(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message)
  if (typeof value === 'string' && !/[\s"]/.test(value)) return value
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)) ?? 'undefined'
}
