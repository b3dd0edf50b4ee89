import { type Disk, DorsaleError } from '@dorsale/base'
import { checkMetaEntries, metaPropertiesFile, readMetaEntries } from './meta-properties.ts'
import type { StorageDescription } from './types.ts'

/** What `kafka-storage info` says of log directories, in its words. Changes nothing, throws nothing. */
export function describeStorage({
  disk,
  directories,
}: {
  readonly disk: Disk
  readonly directories: readonly string[]
}): StorageDescription {
  const foundDirectories: string[] = []
  const problems: string[] = []
  let metadata: ReadonlyMap<string, string> | undefined
  for (const directory of [...directories].sort()) {
    const kind = disk.statSync(directory)?.kind
    if (kind !== 'directory') {
      problems.push(kind === undefined ? `${directory} does not exist` : `${directory} is not a directory`)
      continue
    }
    foundDirectories.push(directory)
    try {
      const entries = readMetaEntries(disk, directory)
      if (entries === undefined) {
        problems.push(`${directory} is not formatted.`)
        continue
      }
      checkMetaEntries(entries)
      if (metadata !== undefined && metadata.get('cluster.id') !== entries.get('cluster.id')) {
        problems.push('Mismatched cluster IDs between storage directories.')
      }
      metadata ??= new Map([...entries].sort(([left], [right]) => (left < right ? -1 : 1)))
    } catch (error) {
      if (!(error instanceof DorsaleError)) throw error
      problems.push(`Error loading ${directory}/${metaPropertiesFile}: ${error.message}`)
    }
  }
  return {
    foundDirectories,
    metadata,
    problems,
    text: describe(foundDirectories, metadata, problems),
    exitCode: problems.length === 0 ? 0 : 1,
  }
}

function describe(
  directories: readonly string[],
  metadata: ReadonlyMap<string, string> | undefined,
  problems: readonly string[],
): string {
  const sections: string[] = []
  const list = (one: string, several: string, lines: readonly string[]): void => {
    if (lines.length === 0) return
    sections.push([lines.length === 1 ? one : several, ...lines.map(line => `  ${line}`)].join('\n'))
  }
  list('Found log directory:', 'Found log directories:', directories)
  if (metadata !== undefined) {
    const entries = [...metadata].map(([key, value]) => `${key}=${value}`)
    sections.push(`Found metadata: {${entries.join(', ')}}`)
  }
  list('Found problem:', 'Found problems:', problems)
  return sections.map(section => `${section}\n\n`).join('')
}
