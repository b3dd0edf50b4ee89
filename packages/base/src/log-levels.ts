/** The levels of a process's loggers, which may change while it runs. Whoever makes the `Logger` provides it. */
export interface LogLevels {
  /** The level of each logger by its name, `root` first. */
  list(): ReadonlyMap<string, LogLevel>
  /** Undefined: no level of its own any more. Answers false when there is no such logger. */
  set(name: string, level: LogLevel | undefined): boolean
}

/** From the most talkative to the most silent. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
export type LogLevel = (typeof logLevels)[number]
