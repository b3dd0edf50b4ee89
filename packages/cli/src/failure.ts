/** How a command ends when the world refuses: one sentence on standard error, exit code 1. */
import { writeSync } from 'node:fs'

const standardError = 2

export function fail(sentence: string): never {
  // Written at once: process.exit does not wait for streams.
  writeSync(standardError, `dorsale: ${sentence}\n`)
  process.exit(1)
}
