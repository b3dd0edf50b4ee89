/** What Kafka's tool 4.3.1 printed of quotas and credentials on a broker of 4.4.0, and what it asked for. */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { type Admin, anyMatch } from '@dorsale/client'
import type { CommandIo } from '../command-io.ts'
import { alterQuotas, describeQuotas, type QuotaEntity } from './quota-configs.ts'

function world() {
  const asked: unknown[] = []
  let stdout = ''
  const out = new PassThrough().on('data', chunk => {
    stdout += String(chunk)
  })
  const answers = {
    async describeClientQuotas(filter: unknown) {
      asked.push(filter)
      return [
        { entity: { 'client-id': 'c1', user: 'bob' }, values: { consumer_byte_rate: 500, request_percentage: 12.5 } },
        { entity: { user: null }, values: { producer_byte_rate: 1000 } },
        { entity: { ip: '127.0.0.1' }, values: { connection_creation_rate: 10 } },
      ]
    },
    describeUserScramCredentials: () => ({
      outcomes: async () => [
        {
          key: 'bob',
          value: { user: 'bob', credentialInfos: [{ mechanism: 'SCRAM-SHA-256', iterations: 8192 }] },
          error: undefined,
        },
        { key: 'carl', value: undefined, error: new Error('nothing there') },
      ],
    }),
    async alterClientQuotas(alterations: unknown) {
      asked.push(alterations)
    },
    async alterUserScramCredentials(alterations: unknown) {
      asked.push(alterations)
    },
  }
  const io = { stdout: out } as unknown as CommandIo
  return { admin: answers as unknown as Admin, io, asked, text: () => stdout }
}

const user = (name: string | undefined): QuotaEntity => ({ type: 'users', name })

test('quotas and credentials are described', async () => {
  const { admin, io, asked, text } = world()
  await describeQuotas(admin, io, [user(undefined)])
  assert.equal(
    text(),
    [
      "Quota configs for user-principal 'bob', client-id 'c1' are consumer_byte_rate=500.0, request_percentage=12.5\n",
      'Quota configs for the default user-principal are producer_byte_rate=1000.0\n',
      "Quota configs for ip '127.0.0.1' are connection_creation_rate=10.0\n",
      "SCRAM credential configs for user-principal 'bob' are SCRAM-SHA-256=iterations=8192\n",
    ].join(''),
  )
  await describeQuotas(admin, io, [{ type: 'clients', name: '' }, user('bob')])
  assert.deepEqual(asked, [
    { components: [{ entityType: 'user', match: anyMatch }], strict: true },
    {
      components: [
        { entityType: 'client-id', match: null },
        { entityType: 'user', match: 'bob' },
      ],
      strict: true,
    },
  ])
})

test('quotas and credentials are altered', async () => {
  const { admin, io, asked, text } = world()
  const alter = (entities: QuotaEntity[], set: Record<string, string>, toDelete: string[] = []) =>
    alterQuotas(admin, io, { entities, toSet: new Map(Object.entries(set)), toDelete })
  await alter([{ type: 'clients', name: 'c1' }, user('bob')], { producer_byte_rate: '1500' }, ['request_percentage'])
  await alter([user('')], { producer_byte_rate: '1' })
  await alter([user('bob')], { 'SCRAM-SHA-512': 'password=a=b' }, ['SCRAM-SHA-256'])
  assert.deepEqual(asked, [
    [{ entity: { 'client-id': 'c1', user: 'bob' }, ops: { producer_byte_rate: 1500, request_percentage: undefined } }],
    [{ entity: { user: null }, ops: { producer_byte_rate: 1 } }],
    [
      { user: 'bob', mechanism: 'SCRAM-SHA-512', password: 'a=b', iterations: 4096 },
      { user: 'bob', mechanism: 'SCRAM-SHA-256' },
    ],
  ])
  assert.equal(
    text(),
    'Completed updating config for client c1.\nCompleted updating default config for users in the cluster.\nCompleted updating config for user bob.\n',
  )
  await assert.rejects(
    alter([user('bob')], { producer_byte_rate: 'much' }),
    /Cannot parse quota configuration value for producer_byte_rate: much/,
  )
  await assert.rejects(alter([user('bob')], { 'SCRAM-SHA-256': 'x' }), /Invalid credential property SCRAM-SHA-256=x/)
  await assert.rejects(
    alter([user('bob')], { 'SCRAM-SHA-256': 'iterations=1,password=x' }),
    /Iterations 1 is less than the minimum 4096/,
  )
  await assert.rejects(
    alter([user('bob')], { 'SCRAM-SHA-256': 'password=x', producer_byte_rate: '1' }),
    /cannot be altered together with quotas/,
  )
  await assert.rejects(alter([user(undefined)], {}), /An entity name must be specified for every entity type/)
})
