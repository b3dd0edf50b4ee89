import type { LogFields, Logger } from '@dorsale/base'

/** A bug has shown itself: the request, and what it may have corrupted, is given up; the process goes on (D8). */
export function logUnexpected(logger: Logger, error: unknown, fields: LogFields): void {
  logger.error('an unexpected error: this is a bug in Dorsale', { error, ...fields })
}
