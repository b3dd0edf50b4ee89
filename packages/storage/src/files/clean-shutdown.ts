import { type Disk, parentOf, replaceFileSync } from '@dorsale/base'
import { rootFile } from './names.ts'

/** What `.kafka_cleanshutdown` says: nobody has written to this directory since its logs were closed. */
export interface CleanShutdown {
  /** Epoch under which the broker ran; -1 unknown. Its next registration tells it to the controller, which then trusts its replicas. */
  readonly brokerEpoch: number
}

/** Undefined when the directory was not closed in good order. A file that cannot be read still says that it was. */
export function readCleanShutdown(disk: Disk, directory: string): CleanShutdown | undefined {
  const path = `${directory}/${rootFile.cleanShutdown}`
  if (disk.statSync(path) === undefined) return undefined
  return { brokerEpoch: parseBrokerEpoch(Buffer.from(disk.readFileSync(path)).toString('utf8')) }
}

/** Written last of all, when every log is closed. */
export function writeCleanShutdown(disk: Disk, directory: string, { brokerEpoch }: CleanShutdown): void {
  replaceFileSync(
    disk,
    `${directory}/${rootFile.cleanShutdown}`,
    Buffer.from(`{"version":0,"brokerEpoch":${brokerEpoch}}`),
  )
}

/** Taken away, durably, before the first write: a death from here on is an unclean one. */
export function removeCleanShutdown(disk: Disk, directory: string): void {
  const path = `${directory}/${rootFile.cleanShutdown}`
  if (disk.statSync(path) === undefined) return
  disk.removeSync(path)
  disk.syncDirectorySync(parentOf(path))
}

/** Before Kafka 3.7 the file was empty. */
function parseBrokerEpoch(text: string): number {
  const epoch = Number(/"brokerEpoch"\s*:\s*(?<epoch>-?\d+)/.exec(text)?.groups?.epoch ?? -1)
  return Number.isSafeInteger(epoch) ? epoch : -1
}
