/** `kafka-storage`: formats log directories and looks at them. What `dorsale storage` does, under Kafka's flags. */

import { write } from '../command-io.ts'
import { formatCommand, infoCommand, randomUuidCommand } from '../commands/storage.ts'
import { featureDependencies, versionMapping } from './feature-levels.ts'
import { usage } from './options.ts'
import { defineScript } from './script.ts'

const notHere = 'this node is the only voter of its cluster'

export const storage = defineScript({
  summary: "Kafka's log directories: format them, look at them.",
  prefixes: true,
  actions: {
    format: 'Format the log directories of a node that is the only voter of its cluster.',
    info: 'Say what the log directories are, and what is wrong with them.',
    'random-uuid': 'Print a random id, for a new cluster.',
    'version-mapping': 'Print the feature levels that belong to a release.',
    'feature-dependencies': 'Print what feature levels need of other features.',
  },
  options: {
    config: { short: 'c', value: 'file', doc: 'The server.properties that names the directories and the node.' },
    'cluster-id': { short: 't', value: 'id', doc: 'The id of the cluster.' },
    'ignore-formatted': { kind: 'flag', short: 'g', doc: 'Leave directories that are formatted already.' },
    'release-version': {
      short: 'r',
      value: 'release',
      doc: 'The release whose feature levels to start with. Default: the newest.',
    },
    feature: {
      short: 'f',
      value: 'name=level',
      repeated: true,
      doc: 'A feature level to start with, or to be told about.',
    },
    standalone: { kind: 'flag', short: 's', doc: 'This node is the only voter: always so here.' },
    'no-initial-controllers': { kind: 'flag', short: 'N', doc: `Refused: ${notHere}.` },
    'initial-controllers': { short: 'I', value: 'voters', doc: `Refused: ${notHere}.` },
    'add-scram': {
      short: 'S',
      value: 'credential',
      repeated: true,
      doc: "Credentials of a user to start with: 'SCRAM-SHA-256=[name=alice,password=secret]'; iterations, salt and saltedpassword as well.",
    },
  },
  async run(options, io) {
    const { action } = options
    for (const name of ['no-initial-controllers', 'initial-controllers'] as const) {
      if (options.has(name)) throw usage(`--${name} cannot be used: see --help`)
    }
    switch (action) {
      case 'format': {
        const releaseVersion = options.text('release-version')
        await formatCommand(
          {
            config: options.required('config'),
            clusterId: options.required('cluster-id'),
            ignoreFormatted: options.has('ignore-formatted'),
            feature: new Map(options.texts('feature').map(pairOf)),
            addScram: options.texts('add-scram'),
            ...(releaseVersion !== undefined && { releaseVersion }),
          },
          io,
        )
        return 0
      }
      case 'info':
        return infoCommand({ config: options.required('config') }, io)
      case 'random-uuid':
        randomUuidCommand(io)
        return 0
      case 'version-mapping':
        await write(io.stdout, versionMapping(options.text('release-version')))
        return 0
      case 'feature-dependencies':
        await write(io.stdout, featureDependencies(options.texts('feature')))
        return 0
      default:
        throw usage('say what to do: format, info, random-uuid, version-mapping or feature-dependencies')
    }
  },
})

function pairOf(word: string): [string, string] {
  const [name = '', level = ''] = word.split('=')
  return [name, level]
}
