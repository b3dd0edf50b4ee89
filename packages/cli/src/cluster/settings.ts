/** Where a command finds its cluster, and with which settings: flags over files over the context. */
import { readFileSync } from 'node:fs'
import { DorsaleError, parseJavaProperties } from '@dorsale/base'
import {
  type Admin,
  adminTable,
  type Consumer,
  consumerTable,
  createAdmin,
  createConsumer,
  createProducer,
  createShareConsumer,
  type Producer,
  type ProducerOptions,
  producerTable,
  type ShareConsumer,
  shareConsumerTable,
} from '@dorsale/client'
import type { CommandIo } from '../command-io.ts'
import { activeContext } from './contexts.ts'

/** Settings under Kafka's keys, as text. */
export type ClusterSettings = Readonly<Record<string, string>>

export interface SettingsSources {
  readonly bootstrapServer?: string | undefined
  /** Controllers to ask in place of brokers (KIP-919). */
  readonly bootstrapController?: string | undefined
  /** A context by name, over the one in use. */
  readonly context?: string | undefined
  /** A properties file. */
  readonly configFile?: string | undefined
  /** `key=value`, over everything else. */
  readonly properties?: readonly string[]
  /** Where `dorsale start` listens is good enough where no cluster is named. */
  readonly mayBeLocal?: boolean
}

const localCluster = 'localhost:9092'

/** Throws a `DorsaleError` when no cluster is named, or a file cannot be read. */
export function clusterSettings(io: CommandIo, sources: SettingsSources): ClusterSettings {
  const { bootstrapServer, bootstrapController } = sources
  if (bootstrapServer !== undefined && bootstrapController !== undefined)
    throw new DorsaleError('DORSALE_USAGE', "Please don't specify both --bootstrap-server and --bootstrap-controller")
  const isNamed = bootstrapServer !== undefined || bootstrapController !== undefined
  const settings: Record<string, string> = {
    ...(!isNamed || sources.context !== undefined ? activeContext(io, sources.context) : {}),
    ...(sources.configFile === undefined ? {} : readProperties(sources.configFile)),
    ...(bootstrapServer === undefined ? {} : { 'bootstrap.servers': bootstrapServer }),
    ...(bootstrapController === undefined ? {} : { 'bootstrap.controllers': bootstrapController }),
    ...parsePairs(sources.properties ?? []),
  }
  // What is named on the command line is meant alone; a file for the other kind is used for its other settings.
  if (bootstrapController !== undefined) delete settings['bootstrap.servers']
  if (bootstrapServer !== undefined) delete settings['bootstrap.controllers']
  if (settings['bootstrap.servers'] === undefined && settings['bootstrap.controllers'] === undefined) {
    if (sources.mayBeLocal !== true) {
      const hint = 'or choose one for good with "dorsale context add"'
      throw new DorsaleError('DORSALE_USAGE', `no cluster is named: give --bootstrap-server host:port, ${hint}`)
    }
    settings['bootstrap.servers'] = localCluster
  }
  return settings
}

function openAdmin(io: CommandIo, settings: ClusterSettings): Admin {
  return createAdmin({ world: io.world, settings: only(settings, adminTable) })
}

export function openConsumer(io: CommandIo, settings: ClusterSettings): Consumer {
  return createConsumer({ world: io.world, settings: only(settings, consumerTable) })
}

export function openShareConsumer(io: CommandIo, settings: ClusterSettings): ShareConsumer {
  return createShareConsumer({ world: io.world, settings: only(settings, shareConsumerTable) })
}

export function openProducer(
  io: CommandIo,
  settings: ClusterSettings,
  options: Pick<ProducerOptions, 'onDeliveryError'> = {},
): Producer {
  return createProducer({ world: io.world, settings: only(settings, producerTable), ...options })
}

/** Runs with an admin client, and closes it however that ends. */
export async function withAdmin<T>(
  io: CommandIo,
  settings: ClusterSettings,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = openAdmin(io, settings)
  try {
    return await use(admin)
  } finally {
    await admin.close()
  }
}

interface Table {
  row(key: string): unknown
}

const tables: readonly Table[] = [adminTable, producerTable, consumerTable, shareConsumerTable]

/** Java's clients are told their serializers in their properties; ours take bytes. */
const javaOnly = new Set(['key.serializer', 'value.serializer', 'key.deserializer', 'value.deserializer'])

/**
 * One file often serves clients of several kinds, so what is a setting of another kind is left out. What is a setting of none stays, and the client refuses it with the
 * name that was probably meant.
 */
function only(settings: ClusterSettings, table: Table): ClusterSettings {
  const isForUs = (key: string) =>
    !javaOnly.has(key) && (table.row(key) !== undefined || tables.every(other => other.row(key) === undefined))
  return Object.fromEntries(Object.entries(settings).filter(([key]) => isForUs(key)))
}

/** A file in the format of Java's properties. */
export function readProperties(path: string): ClusterSettings {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new DorsaleError('DORSALE_USAGE', `cannot read the properties file ${path}: ${code}`, { cause: error })
  }
  return Object.fromEntries(parseJavaProperties(bytes))
}

/** `key=value` words, as `--command-property` takes them. */
export function parsePairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map(word => {
      const equals = word.indexOf('=')
      if (equals < 1)
        throw new DorsaleError('DORSALE_USAGE', `Invalid command line property: ${word}; write it as key=value`)
      return [word.slice(0, equals), word.slice(equals + 1)]
    }),
  )
}
