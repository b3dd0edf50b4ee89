/** `kafka-features`: the feature levels that a cluster has settled on. */
import type { FeatureUpdate } from '@dorsale/client'
import { metadataVersionFeature } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { bareMessage } from './bare-message.ts'
import {
  featureDependencies,
  levelOfRelease,
  levelsOf,
  metadataName,
  parseFeature,
  versionMapping,
} from './feature-levels.ts'
import { usage } from './options.ts'
import { controllerOptions, defineScript } from './script.ts'

export const features = defineScript({
  summary: 'Print and change the feature levels of a cluster.',
  prefixes: true,
  actions: {
    describe: 'Print the features that are there, and their levels.',
    upgrade: 'Raise features: those of --feature, or all to those of --release-version.',
    downgrade: 'Lower features.',
    disable: 'Switch features off.',
    'version-mapping': 'Print the levels that belong to a release.',
    'feature-dependencies': 'Print what levels need of other features.',
  },
  options: {
    ...controllerOptions,
    feature: { value: 'name=level', repeated: true, doc: 'A feature and its level; without the level to disable it.' },
    'release-version': { value: 'release', doc: 'A release, for the levels that belong to it: 4.4.' },
    metadata: { value: 'release', doc: 'A release, for the level of metadata.version.' },
    unsafe: { kind: 'flag', doc: 'Lower a feature even if that loses metadata.' },
    'dry-run': { kind: 'flag', doc: 'Say what would come of it, and do not do it.' },
    'node-id': { value: 'id', doc: 'The broker whose features to print. Default: any.' },
  },
  async run(options, io) {
    const { action } = options
    if (action === undefined)
      throw usage('say what to do: describe, upgrade, downgrade, disable, version-mapping or feature-dependencies')
    if (action === 'version-mapping') {
      await write(io.stdout, versionMapping(options.text('release-version')))
      return 0
    }
    if (action === 'feature-dependencies') {
      await write(io.stdout, featureDependencies(options.texts('feature')))
      return 0
    }
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      bootstrapController: options.text('bootstrap-controller'),
      configFile: options.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      if (action === 'describe') {
        const nodeId = options.integer('node-id')
        await write(io.stdout, describe(await admin.describeFeatures(nodeId === undefined ? {} : { nodeId })))
        return 0
      }
      const updates = updatesOf(action as Change, {
        features: options.texts('feature'),
        release: options.text('release-version'),
        metadata: options.text('metadata'),
        isUnsafe: options.has('unsafe'),
      })
      const isDryRun = options.has('dry-run')
      const outcomes = await admin.updateFeatures(updates, { validateOnly: isDryRun }).outcomes()
      for (const { key, error } of outcomes) {
        const to = action === 'disable' ? '' : ` to ${key.maxVersionLevel}`
        const happened = `${isDryRun ? 'can be' : 'was'} ${participles[action as Change]}`
        const line =
          error === undefined
            ? `${key.feature} ${happened}${to}.`
            : `${isDryRun ? 'Can' : 'Could'} not ${action} ${key.feature}${to}. ${bareMessage(error, 'the change of features')}`
        await write(io.stdout, `${line}\n`)
      }
      const failed = outcomes.filter(({ error }) => error !== undefined).length
      if (failed === 0) return 0
      io.stderr.write(`${failed} out of ${outcomes.length} operation(s) failed.\n`)
      return 1
    })
  },
})

const participles = { upgrade: 'upgraded', downgrade: 'downgraded', disable: 'disabled' } as const
type Change = keyof typeof participles

function updatesOf(
  action: Change,
  given: { features: readonly string[]; release: string | undefined; metadata: string | undefined; isUnsafe: boolean },
): FeatureUpdate[] {
  const lowering = given.isUnsafe ? 'UNSAFE_DOWNGRADE' : 'SAFE_DOWNGRADE'
  const upgradeType = action === 'upgrade' ? 'UPGRADE' : lowering
  const levels: [string, number][] = []
  if (given.release !== undefined) {
    if (given.features.length > 0 || given.metadata !== undefined)
      throw usage('--release-version cannot be used with --feature or --metadata')
    levels.push(...levelsOf(levelOfRelease(given.release)).filter(([, level]) => level > 0))
  }
  if (given.metadata !== undefined) levels.push([metadataVersionFeature, levelOfRelease(given.metadata)])
  for (const word of given.features) levels.push(action === 'disable' ? [word, 0] : parseFeature(word))
  if (levels.length === 0) throw usage(`You must specify at least one feature to ${action}`)
  return levels.map(([feature, maxVersionLevel]) => ({ feature, maxVersionLevel, upgradeType }))
}

function describe(metadata: {
  readonly finalizedFeatures: ReadonlyMap<string, { readonly maxVersionLevel: number }>
  readonly finalizedFeaturesEpoch: number | undefined
  readonly supportedFeatures: ReadonlyMap<string, { readonly minVersion: number; readonly maxVersion: number }>
}): string {
  const text = (name: string, level: number) => (name === metadataVersionFeature ? metadataName(level) : String(level))
  return [...metadata.supportedFeatures]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { minVersion, maxVersion }]) => {
      const level = metadata.finalizedFeatures.get(name)?.maxVersionLevel ?? 0
      const cells: [string, string, number][] = [
        ['Feature', name, nameWidth],
        ['SupportedMinVersion', text(name, minVersion), levelWidth],
        ['SupportedMaxVersion', text(name, maxVersion), levelWidth],
        ['FinalizedVersionLevel', text(name, level), levelWidth],
        ['Epoch', String(metadata.finalizedFeaturesEpoch ?? '-'), 0],
      ]
      return `${cells.map(([title, value, width]) => `${title}: ${value.padEnd(width)}`).join('')}\n`
    })
    .join('')
}

const nameWidth = 42
const levelWidth = 17
