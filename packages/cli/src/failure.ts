import { getSystemErrorMap } from 'node:util'
import { DiskError, type DorsaleError, NetError } from '@dorsale/base'

/** An operating error as a sentence. The system's names for its refusals (`EADDRINUSE`) are said in words too. */
export function sentenceOf(error: DorsaleError): string {
  if (!(error instanceof DiskError || error instanceof NetError)) return error.message
  const words = [...getSystemErrorMap().values()].find(([name]) => name === error.errno)?.[1]
  return words === undefined ? error.message : `${error.message} (${words})`
}
