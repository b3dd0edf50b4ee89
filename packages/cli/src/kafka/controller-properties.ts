/** What `kafka-metadata-quorum add-controller` reads of the configuration of a controller, in Kafka's words where something is missing. */
import { join } from 'node:path'
import { splitConfigList } from '@dorsale/base'
import type { RaftVoterEndpoint } from '@dorsale/client'
import { type ClusterSettings, readProperties } from '../cluster/settings.ts'
import { usage } from './options.ts'

/** A controller that is to vote. */
export interface ControllerToAdd {
  readonly id: number
  /** Of the directory that its metadata is in. */
  readonly directoryId: string
  /** Where it listens, as it advertises that, by `controller.listener.names`. */
  readonly endpoints: readonly RaftVoterEndpoint[]
}

export function controllerToAdd(properties: ClusterSettings): ControllerToAdd {
  return { id: nodeIdOf(properties), directoryId: directoryIdOf(properties), endpoints: endpointsOf(properties) }
}

const isItOne = 'Is this a valid controller configuration file?'

function nodeIdOf(properties: ClusterSettings): number {
  const text = properties['node.id']
  if (text === undefined) throw usage(`node.id not found in configuration file. ${isItOne}`)
  const id = Number(text)
  if (!Number.isInteger(id) || id < 0) throw usage(`node.id was negative in configuration file. ${isItOne}`)
  if (properties['process.roles']?.includes('controller') !== true)
    throw usage(`process.roles did not contain 'controller' in configuration file. ${isItOne}`)
  return id
}

function directoryIdOf(properties: ClusterSettings): string {
  const directory = properties['metadata.log.dir'] ?? splitConfigList(properties['log.dirs'] ?? '')[0]
  if (directory === undefined || directory === '')
    throw usage(`Neither metadata.log.dir nor log.dirs were found. ${isItOne}`)
  let meta: ClusterSettings
  try {
    meta = readProperties(join(directory, 'meta.properties'))
  } catch {
    throw usage(`Unable to read meta.properties from ${directory}`)
  }
  const id = meta['directory.id']
  if (id === undefined) throw usage(`No directory id found in ${directory}`)
  return id
}

function endpointsOf(properties: ClusterSettings): RaftVoterEndpoint[] {
  const names = properties['controller.listener.names']
  if (names === undefined) throw usage(`controller.listener.names was not found. ${isItOne}`)
  const known = new Map(
    ['listeners', 'advertised.listeners'].flatMap(key =>
      splitConfigList(properties[key] ?? '').map(text => {
        const [, name = '', host = '', port = ''] = /^(.*):\/\/\[?([^[\]]*)\]?:(\d+)$/.exec(text.trim()) ?? []
        if (name === '') throw usage(`${key} holds ${text}, which is not NAME://host:port`)
        return [
          name.toUpperCase(),
          { name: name.toUpperCase(), host: host || 'localhost', port: Number(port) },
        ] as const
      }),
    ),
  )
  return splitConfigList(names).map(name => {
    const endpoint = known.get(name.toUpperCase())
    if (endpoint === undefined) throw usage(`Cannot find information about controller listener name: ${name}`)
    return endpoint
  })
}
