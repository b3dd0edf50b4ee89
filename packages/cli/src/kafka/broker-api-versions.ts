/** `kafka-broker-api-versions`: what each broker serves, and what this client uses of it. */
import type { ApiVersionRange, BrokerInfo } from '@dorsale/client'
import { apis } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { clusterOptions, defineScript } from './script.ts'

const timeoutKeys = ['request.timeout.ms', 'default.api.timeout.ms']

export const brokerApiVersions = defineScript({
  summary: 'Print the versions of each API that the brokers serve, and the one that this client uses.',
  options: {
    ...clusterOptions,
    timeout: {
      value: 'ms',
      doc: "How long may be waited for an answer, in place of the client's own settings; Kafka's tool has no such option.",
    },
  },
  async run(options, io) {
    const timeout = options.text('timeout')
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
      properties: timeout === undefined ? [] : timeoutKeys.map(key => `${key}=${timeout}`),
    })
    return withAdmin(io, settings, async admin => {
      let code = 0
      for (const broker of (await admin.describeCluster()).brokers) {
        try {
          const served = await admin.describeApiVersions(broker.nodeId)
          await write(io.stdout, `${nameOf(broker)} -> (\n${linesOf(served).join(',\n')}\n)\n`)
        } catch (error) {
          await write(io.stdout, `${nameOf(broker)} -> ERROR: ${(error as Error).message}\n`)
          code = 1
        }
      }
      return code
    })
  },
})

function nameOf({ host, port, nodeId, rack, isFenced }: BrokerInfo & { readonly isFenced: boolean }): string {
  return `${host}:${port} (id: ${nodeId} rack: ${rack} isFenced: ${isFenced})`
}

/** What the broker serves and what it might, in the order of keys. */
function linesOf(served: readonly ApiVersionRange[]): string[] {
  const ranges = new Map(served.map(each => [each.apiKey, each]))
  const mine = [...apis.values()].filter(
    ({ listeners, versionMin, stableVersionMax }) => listeners.includes('broker') && stableVersionMax >= versionMin,
  )
  const keys = [...new Set([...mine.map(({ key }) => key), ...ranges.keys()])].sort((one, other) => one - other)
  return keys.map(key => {
    const api = apis.get(key)
    const range = ranges.get(key)
    const name = `\t${api?.name ?? 'UNKNOWN'}(${key})`
    if (range === undefined) return `${name}: UNSUPPORTED`
    const { minVersion, maxVersion } = range
    const versions = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`
    if (api === undefined) return `${name}: ${versions} [usable: none]`
    const usable = Math.min(maxVersion, api.stableVersionMax)
    if (usable >= Math.max(minVersion, api.versionMin)) return `${name}: ${versions} [usable: ${usable}]`
    return `${name}: ${versions} [unusable: node too ${maxVersion < api.versionMin ? 'old' : 'new'}]`
  })
}
