/** How a command ends when the world refuses: one sentence on standard error, exit code 1. */
import { writeSync } from 'node:fs'
import { getSystemErrorMap } from 'node:util'
import { DiskError, type DorsaleError, NetError } from '@dorsale/base'

const standardError = 2

export function fail(sentence: string): never {
  // Written at once: process.exit does not wait for streams.
  writeSync(standardError, `dorsale: ${sentence}\n`)
  process.exit(1)
}

/** An operating error as a sentence. The system's names for its refusals (`EADDRINUSE`) are said in words too. */
export function sentenceOf(error: DorsaleError): string {
  if (!(error instanceof DiskError || error instanceof NetError)) return error.message
  const words = [...getSystemErrorMap().values()].find(([name]) => name === error.errno)?.[1]
  return words === undefined ? error.message : `${error.message} (${words})`
}
