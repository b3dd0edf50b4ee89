/** Kafka's message definitions: the JSON resources of its jars. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readZip } from './zip.ts'

export interface Definition {
  name: string
  type: 'request' | 'response' | 'header' | 'metadata' | 'coordinator-key' | 'coordinator-value' | 'data'
  apiKey?: number
  listeners?: ('broker' | 'controller')[]
  validVersions: string
  flexibleVersions?: string
  latestVersionUnstable?: boolean
  fields?: FieldDefinition[]
  commonStructs?: StructDefinition[]
}

export interface StructDefinition {
  name: string
  versions: string
  fields: FieldDefinition[]
}

export interface FieldDefinition {
  name: string
  /** `int32`, `[]string`, `[]FetchTopic`, `Cursor`... */
  type: string
  versions?: string
  nullableVersions?: string
  taggedVersions?: string
  tag?: number
  default?: string | number | boolean | null
  ignorable?: boolean
  mapKey?: boolean
  entityType?: 'brokerId' | 'groupId' | 'producerId' | 'topicName' | 'transactionalId'
  flexibleVersions?: string
  zeroCopy?: boolean
  about?: string
  fields?: FieldDefinition[]
}

/** Where the jars keep definitions: `common/message`, `common/metadata`, `message`. */
const resource = /^(common\/)?(message|metadata)\/\w+\.json$/

/** All definitions in the Kafka jars of a directory, by name. */
export function readDefinitions(jarDirectory: string): Definition[] {
  const byName = new Map<string, Definition>()
  for (const file of readdirSync(jarDirectory).sort()) {
    if (!/^kafka.*\.jar$/.test(file)) continue
    for (const { name, data } of readZip(readFileSync(join(jarDirectory, file)), entry => resource.test(entry))) {
      const definition = parseDefinition(data.toString('utf8'))
      if (byName.has(definition.name)) throw new Error(`${definition.name} is defined twice, again in ${file}:${name}`)
      byName.set(definition.name, definition)
    }
  }
  if (byName.size === 0) throw new Error(`no message definitions in the jars of ${jarDirectory}`)
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The version in the name of the jar that holds the clients: `4.4.0`. */
export function kafkaVersion(jarDirectory: string): string {
  const version = readdirSync(jarDirectory)
    .map(file => /^kafka-clients-(.+)\.jar$/.exec(file)?.[1])
    .find(found => found !== undefined)
  if (version === undefined) throw new Error(`no kafka-clients jar in ${jarDirectory}`)
  return version
}

/** JSON with whole-line `//` comments. */
export function parseDefinition(text: string): Definition {
  return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''))
}
