import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { parseDefinition } from './definitions.ts'
import { writeTable } from './write-table.ts'
import { readZip } from './zip.ts'

const definition = `// A licence.
{
  "apiKey": 12, "type": "request", "listeners": ["broker"], "name": "HeartbeatRequest",
  // Version 3 adds static members.
  "validVersions": "0-4", "flexibleVersions": "4+",
  "fields": [
    { "name": "GroupId", "type": "string", "versions": "0+", "entityType": "groupId", "about": "The group id." },
    { "name": "ProducerId", "type": "int64", "versions": "1+", "default": "-1", "ignorable": true },
    { "name": "Limit", "type": "int32", "versions": "0+", "default": "0x7fffffff" },
    { "name": "Rack", "type": "string", "versions": "1+", "nullableVersions": "2+", "default": "null",
      "taggedVersions": "4+", "tag": 3 },
    { "name": "Members", "type": "[]Member", "versions": "0+", "nullableVersions": "0+", "fields": [
      { "name": "Endpoint", "type": "Endpoint", "versions": "0+" }
    ]}
  ],
  "commonStructs": [
    { "name": "Endpoint", "versions": "0+", "fields": [ { "name": "Port", "type": "uint16", "versions": "0+" } ] }
  ]
}`

test('a definition becomes the source of a table', () => {
  assert.equal(
    writeTable(parseDefinition(definition)).replaceAll(/\s+/g, ' '),
    `import { array, exactInt64, f, int32, message, type MessageOf, nullable, string, struct, type StructOf, uint16 } from '../table/index.ts'
     const endpoint = struct('Endpoint', { port: f(uint16, '0+', 'TCP port.'), })
     const member = struct('Member', { endpoint: f(endpoint, '0+'), })
     /** Keeps a member of a classic group alive between rebalances. v3 brings static members (KIP-345). */
     export const heartbeatRequest = message({
       name: 'HeartbeatRequest', type: 'request', apiKey: 12, listeners: ['broker'], validVersions: '0-4', flexibleVersions: '4+',
       fields: {
         groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
         producerId: f(exactInt64, '1+', 'Id of the producer, -1 for none.', { default: -1n, ignorable: true }),
         limit: f(int32, '0+', { default: 2147483647 }),
         rack: f(nullable(string, '2+'), '1+', 'Rack, or null.', { default: null, tag: 3, taggedVersions: '4+' }),
         members: f(nullable(array(member)), '0+', 'Members of the group.'),
       },
     })
     export interface HeartbeatRequest extends MessageOf<typeof heartbeatRequest> {}
     export interface HeartbeatRequestEndpoint extends StructOf<typeof endpoint> {}
     export interface HeartbeatRequestMember extends StructOf<typeof member> {} `.replaceAll(/\s+/g, ' '),
  )
})

/** An archive of one file, as the JDK's tools write it. */
function zipOf(name: string, content: string): Buffer {
  const data = deflateRawSync(content)
  const local = Buffer.alloc(30 + name.length)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(name.length, 26)
  local.write(name, 30)
  const entry = Buffer.alloc(46 + name.length)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(data.length, 20)
  entry.writeUInt16LE(name.length, 28)
  entry.write(name, 46)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(local.length + data.length, 16)
  return Buffer.concat([local, data, entry, end])
}

test('files of a jar are found and inflated', () => {
  const jar = zipOf('common/message/X.json', definition)
  const files = [...readZip(jar, name => name.endsWith('.json'))]
  assert.deepEqual(
    files.map(({ name, data }) => [name, data.toString()]),
    [['common/message/X.json', definition]],
  )
  assert.deepEqual([...readZip(jar, () => false)], [])
  assert.throws(() => [...readZip(Buffer.alloc(40), () => true)], /not a zip archive/)
})
