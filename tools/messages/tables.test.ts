/**
 * Our tables against Kafka's definitions: against the jars in `DORSALE_KAFKA_JARS` when it is set, and always against the digests
 * that the importer took of the definitions.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { allMessages, type StructType, type WireType } from '@dorsale/protocol'
import { readDefinitions } from './definitions.ts'
import { describeDefinition, describeTable, digest } from './describe.ts'
import { fieldDoc } from './docs.ts'
import { fileName, structTypeName, valueName } from './names.ts'

const digests: { kafka: string; messages: Record<string, string> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../packages/protocol/vectors/definitions.json'), 'utf8'),
)

test('every table says what the definition of Kafka said when it was imported', () => {
  const ours = Object.fromEntries(allMessages.map(table => [table.name, digest(describeTable(table))]))
  assert.deepEqual(ours, digests.messages)
})

const jars = process.env.DORSALE_KAFKA_JARS
if (jars !== undefined) {
  test('every table says what the definition in the jars says, and none is missing', () => {
    const definitions = readDefinitions(jars)
    assert.deepEqual(
      allMessages.map(({ name }) => name),
      definitions.map(({ name }) => name),
    )
    const tables = new Map(allMessages.map(table => [table.name, table]))
    for (const definition of definitions) {
      assert.deepEqual(describeTable(tables.get(definition.name)!), describeDefinition(definition), definition.name)
    }
  })
}

test('the words in the tables are the words of docs.ts', () => {
  const check = (message: string, struct: StructType) => {
    for (const [name, field] of Object.entries(struct.fields)) {
      assert.equal(field.doc, fieldDoc(message, name) ?? '', `${message}.${name}: change docs.ts and import again`)
      const inner = innerStruct(field.type)
      if (inner !== undefined) check(message, inner)
    }
  }
  for (const table of allMessages) check(table.name, table.body)
})

function innerStruct(type: WireType): StructType | undefined {
  if (type.kind === 'nullable') return innerStruct(type.of)
  if (type.kind === 'array') return innerStruct(type.element)
  return type.kind === 'struct' ? type : undefined
}

test('a table keeps the rules that its codecs rely on', () => {
  const check = (path: string, struct: StructType, flexibleMin: number) => {
    const tags = new Set<number>()
    for (const [name, field] of Object.entries(struct.fields)) {
      const here = `${path}.${name}`
      if (field.tag !== undefined) {
        assert.ok(!tags.has(field.tag), `${here}: the tag is taken`)
        tags.add(field.tag)
        assert.ok(field.taggedVersions.min >= flexibleMin, `${here}: tagged before the message is flexible`)
        assert.equal(field.taggedVersions.max, Number.POSITIVE_INFINITY, `${here}: a tag stays a tag`)
        const type = field.type.kind === 'nullable' ? field.type.of : field.type
        assert.notEqual(type.kind, 'records', `${here}: the writer cannot pass records through inside a tag`)
      }
      const inner = innerStruct(field.type)
      if (inner !== undefined) check(here, inner, flexibleMin)
    }
  }
  for (const table of allMessages) check(table.name, table.body, table.flexibleVersions.min)
})

test('names of files, tables and types', () => {
  assert.equal(fileName('FetchRequest'), 'fetch-request')
  assert.equal(fileName('KRaftVersionRecord'), 'kraft-version-record')
  assert.equal(valueName('FetchRequest'), 'fetchRequest')
  assert.equal(structTypeName('FetchRequest', 'FetchPartition'), 'FetchRequestPartition')
  assert.equal(structTypeName('MetadataResponse', 'MetadataResponseTopic'), 'MetadataResponseTopic')
  assert.equal(structTypeName('ProduceRequest', 'TopicProduceData'), 'ProduceRequestTopicProduceData')
})
