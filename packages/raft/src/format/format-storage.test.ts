import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMetadataRecord, encodeMetadataRecord } from '@dorsale/protocol'
import { type Host, World } from '@dorsale/sim'
import { listSnapshots, readSnapshot } from '../snapshots.ts'
import { writeFile } from '../testing/kafka-fixture.ts'
import { describeStorage } from './describe-storage.ts'
import { formatStorage } from './format-storage.ts'
import { loadStorage } from './load-storage.ts'
import { readMetaProperties } from './meta-properties.ts'
import type { FormatOptions } from './types.ts'

const clusterId = '5L6g3nShT-eMCtK--X86sw'
const endpoints = [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }]

function onDisk(body: (host: Host) => void): Promise<void> {
  return new World({ seed: 1 }).within(async host => body(host))
}

function format(host: Host, options: Partial<FormatOptions> = {}) {
  const { disk, clock, prng } = host
  return formatStorage({ disk, clock, prng, directories: ['/a'], clusterId, nodeId: 1, endpoints, ...options })
}

function bootstrapOf({ disk }: Host, directory = '/a') {
  const [file] = listSnapshots(disk, `${directory}/__cluster_metadata-0`)
  return readSnapshot(disk, file!, { encode: encodeMetadataRecord, decode: decodeMetadataRecord })
}

test('the directory, the voter set and the bootstrap records agree', () =>
  onDisk(host => {
    const report = format(host)
    assert.equal(report.clusterId, clusterId)
    const properties = readMetaProperties(host.disk, '/a')!
    assert.deepEqual(report.formatted, [{ ...properties, directory: '/a' }])
    const { quorum, records } = bootstrapOf(host)
    assert.equal(quorum.kraftVersion, 1)
    assert.deepEqual(
      quorum.voters.map(voter => [voter.id, voter.directoryId, voter.endpoints]),
      [[1, properties.directoryId, endpoints]],
    )
    assert.deepEqual(
      records.map(record => record.type === 'FeatureLevelRecord' && [record.value.name, record.value.featureLevel]),
      [
        ['metadata.version', 33],
        ['eligible.leader.replicas.version', 1],
        ['group.version', 1],
        ['share.version', 2],
        ['streams.version', 1],
        ['transaction.version', 2],
      ],
    )
    assert.match(report.messages[0]!, /^Bootstrap metadata: BootstrapMetadata\(records=\[ApiMessageAndVersion\(Feature/)
    assert.equal(report.messages[1], 'Formatting dynamic metadata voter directory /a with metadata.version 4.4-IV2.')
  }))

test('meta.properties looks as Java writes it', () =>
  onDisk(host => {
    format(host, { clusterId: 'odd=id: #1' })
    const text = Buffer.from(host.disk.readFileSync('/a/meta.properties')).toString()
    const { directoryId } = readMetaProperties(host.disk, '/a')!
    assert.match(
      text,
      /^#\n#\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}\nnode\.id=1\ndirectory\.id=\S{22}\nversion=1\ncluster\.id=odd\\=id\\: \\#1\n$/,
    )
    assert.ok(text.includes(directoryId))
    assert.equal(readMetaProperties(host.disk, '/a')!.clusterId, 'odd=id: #1')
  }))

test('releases imply feature levels, as Kafka 4.4.0 formatted them', () => {
  const releases: [string, number, Record<string, number>][] = [
    ['4.0', 25, { 'group.version': 1, 'transaction.version': 2 }],
    ['4.1', 27, { 'group.version': 1, 'transaction.version': 2, 'eligible.leader.replicas.version': 1 }],
    ['3.9-IV0', 21, {}],
    ['3.3-IV3', 7, {}],
  ]
  return onDisk(host => {
    for (const [releaseVersion, level, features] of releases) {
      const directory = `/${releaseVersion}`
      format(host, { directories: [directory], releaseVersion })
      const levels = bootstrapOf(host, directory).records.flatMap(record =>
        record.type === 'FeatureLevelRecord' ? [[record.value.name, record.value.featureLevel] as const] : [],
      )
      assert.deepEqual(Object.fromEntries(levels), { 'metadata.version': level, ...features })
    }
  })
})

test('a second directory gets an identity and no metadata log', () =>
  onDisk(host => {
    const { messages, formatted } = format(host, { directories: ['/a', '/b'] })
    assert.equal(messages[2], 'Formatting data directory /b with metadata.version 4.4-IV2.')
    assert.notEqual(formatted[0]!.directoryId, formatted[1]!.directoryId)
    assert.equal(host.disk.statSync('/b/__cluster_metadata-0'), undefined)
    const loaded = loadStorage({
      disk: host.disk,
      directories: ['/a', '/b'],
      metadataDirectory: '/a',
      nodeId: 1,
    })
    assert.deepEqual(
      loaded.directories.map(({ path, id }) => [path, id]),
      formatted.map(({ directory, directoryId }) => [directory, directoryId]),
    )
  }))

test('without a cluster id: that of what is formatted, else a random one', () =>
  onDisk(host => {
    const { disk, clock, prng } = host
    const bare = { disk, clock, prng, nodeId: 1, endpoints, ignoreFormatted: true }
    const first = formatStorage({ ...bare, directories: ['/a'] })
    assert.match(first.clusterId, /^[\w-]{22}$/)
    assert.equal(formatStorage({ ...bare, directories: ['/a', '/b'] }).clusterId, first.clusterId)
    assert.deepEqual(formatStorage({ ...bare, directories: ['/a', '/b'] }), {
      clusterId: first.clusterId,
      messages: ['All of the log directories are already formatted.'],
      formatted: [],
    })
    assert.notEqual(formatStorage({ ...bare, directories: ['/c'] }).clusterId, first.clusterId)
  }))

const refused: [string, Partial<FormatOptions>, string | RegExp][] = [
  [
    'formatted already',
    { directories: ['/formatted'] },
    'Log directory /formatted is already formatted. Use --ignore-formatted to ignore this directory and format the others.',
  ],
  [
    'of another cluster',
    { directories: ['/formatted'], clusterId: 'other', ignoreFormatted: true },
    `Invalid cluster.id in: /formatted/meta.properties. Expected other, but read ${clusterId}`,
  ],
  [
    'of another node',
    { directories: ['/formatted'], nodeId: 2, ignoreFormatted: true },
    /^Stored node id 1 doesn't match previous node id 2 in \/formatted/,
  ],
  [
    'an unknown release',
    { releaseVersion: '9.9' },
    /^Unknown metadata.version '9.9'. Supported metadata.version are: 3.3-IV3, 3.4-IV0,.* 4.4-IV2$/,
  ],
  [
    'an unknown feature',
    { features: new Map([['foo.version', 1]]) },
    'Unsupported feature: foo.version. Supported features are: eligible.leader.replicas.version, group.version, kraft.version, share.version, streams.version, transaction.version',
  ],
  ['an unknown level', { features: new Map([['group.version', 9]]) }, 'No feature:group.version with feature level 9'],
  [
    'a level before its time',
    { features: new Map([['eligible.leader.replicas.version', 1]]), releaseVersion: '3.9' },
    'eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version level 23',
  ],
  ['voters in the configuration', { features: new Map([['kraft.version', 0]]) }, /^Cannot set kraft.version to 0/],
  [
    'a log without its identity',
    { directories: ['/orphan'] },
    /holds a metadata log, but \/orphan has no meta\.properties/,
  ],
]

for (const [name, options, message] of refused) {
  test(`refused, and nothing is written: ${name}`, () =>
    onDisk(host => {
      format(host, { directories: ['/formatted'] })
      host.disk.makeDirectorySync('/orphan/__cluster_metadata-0')
      writeFile(host.disk, '/orphan/__cluster_metadata-0/00000000000000000000.log', new Uint8Array())
      assert.throws(() => format(host, options), { code: 'DORSALE_STORAGE', message })
      assert.equal(host.disk.statSync('/a'), undefined)
      assert.equal(host.disk.statSync('/orphan/meta.properties'), undefined)
    }))
}

test('a death while formatting leaves a directory that is formatted or not, and formatting goes on', async () => {
  for (let calls = 1; calls < 30; calls++) {
    for (const powerLoss of [false, true]) {
      const world = new World({ seed: calls })
      const machine = world.machine('m')
      machine.spawn('format', host => void format(host)).killAfter(calls, { powerLoss })
      await world.run({ forMs: 100 })
      let checked = false
      machine.spawn('again', host => {
        const before = readMetaProperties(host.disk, '/a')
        if (before !== undefined) assert.equal(bootstrapOf(host).quorum.voters[0]?.directoryId, before.directoryId)
        format(host, { ignoreFormatted: true })
        const after = readMetaProperties(host.disk, '/a')!
        assert.equal(bootstrapOf(host).quorum.voters[0]?.directoryId, after.directoryId)
        checked = true
      })
      await world.run({ forMs: 100 })
      assert.ok(checked)
    }
  }
})

function writeProperties({ disk }: Host, directory: string, lines: string[]): void {
  disk.makeDirectorySync(directory)
  writeFile(disk, `${directory}/meta.properties`, Buffer.from(lines.join('\n')))
}

const whole = ['version=1', `cluster.id=${clusterId}`, 'node.id=1', 'directory.id=O3eh5gxwSj2Pt9dPqAXirQ']
const found = `Found metadata: {cluster.id=${clusterId}, directory.id=O3eh5gxwSj2Pt9dPqAXirQ, node.id=1, version=1}\n\n`

// The texts are what Kafka's tool printed for the same directories.
const described: [string, (host: Host) => void, string][] = [
  [
    'two directories in order',
    host => writeProperties(host, '/b', whole.with(3, 'directory.id=SdEXTuTyQZSVKRgciwLcmg')),
    `Found log directories:\n  /a\n  /b\n\n${found}`,
  ],
  ['one is missing', () => {}, `Found log directory:\n  /a\n\n${found}Found problem:\n  /b does not exist\n\n`],
  [
    'one is not formatted',
    host => host.disk.makeDirectorySync('/b'),
    `Found log directories:\n  /a\n  /b\n\n${found}Found problem:\n  /b is not formatted.\n\n`,
  ],
  [
    'one is a file',
    host => writeFile(host.disk, '/b', new Uint8Array()),
    `Found log directory:\n  /a\n\n${found}Found problem:\n  /b is not a directory\n\n`,
  ],
  [
    'two clusters',
    host => writeProperties(host, '/b', whole.with(1, 'cluster.id=other')),
    `Found log directories:\n  /a\n  /b\n\n${found}Found problem:\n  Mismatched cluster IDs between storage directories.\n\n`,
  ],
  ...(
    [
      [['version=5'], 'Unknown meta.properties version number 5'],
      [['version=x'], "Invalid meta.properties version string 'x'"],
      [['version=1', 'cluster.id=c'], 'Failed to find node.id'],
    ] as const
  ).map(([lines, problem]): [string, (host: Host) => void, string] => [
    problem,
    host => writeProperties(host, '/b', [...lines]),
    `Found log directories:\n  /a\n  /b\n\n${found}Found problem:\n  Error loading /b/meta.properties: ${problem}\n\n`,
  ]),
]

for (const [name, prepare, text] of described) {
  test(`described: ${name}`, () =>
    onDisk(host => {
      writeProperties(host, '/a', whole)
      prepare(host)
      const description = describeStorage({ disk: host.disk, directories: ['/b', '/a'] })
      assert.equal(description.text, text)
      assert.equal(description.exitCode, text.includes('problem') ? 1 : 0)
    }))
}

const notLoaded: [string, (host: Host) => void, RegExp][] = [
  ['not formatted', host => host.disk.makeDirectorySync('/b'), /No `meta.properties` found in \/b/],
  [
    'another node',
    host => writeProperties(host, '/b', whole.with(2, 'node.id=7')),
    /belongs to node 7, but node.id is 1/,
  ],
  [
    'another cluster',
    host => writeProperties(host, '/b', whole.with(1, 'cluster.id=other')),
    /Expected 5L6g3nShT-eMCtK--X86sw, but read other/,
  ],
  ['a copy of the first', host => writeProperties(host, '/b', whole), /Duplicate directory ID O3eh5gxwSj2Pt9dPqAXirQ/],
  [
    'a reserved id',
    host => writeProperties(host, '/b', whole.with(3, 'directory.id=AAAAAAAAAAAAAAAAAAAAAQ')),
    /Invalid reserved directory ID/,
  ],
]

for (const [name, prepare, message] of notLoaded) {
  test(`not started on: ${name}`, () =>
    onDisk(host => {
      writeProperties(host, '/a', whole)
      prepare(host)
      assert.throws(
        () => loadStorage({ disk: host.disk, directories: ['/a', '/b'], metadataDirectory: '/a', nodeId: 1 }),
        { code: 'DORSALE_STORAGE', message },
      )
    }))
}
