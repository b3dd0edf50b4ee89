import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  aclOperations,
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  type CreateAclsRequestAclCreation,
  createAclsRequest,
  createMessage,
  deleteAclsRequest,
  errorCodes,
} from '@dorsale/protocol'
import { imageRecords } from '../metadata/image-records.ts'
import { MetadataState } from '../metadata/state.ts'
import { TestController } from '../testing/test-controller.ts'
import { type AclFilter, createAcls, deleteAcls, matchesAcl } from './acls.ts'

const acl = (over: Partial<CreateAclsRequestAclCreation> = {}): CreateAclsRequestAclCreation => ({
  resourceType: aclResourceTypes.TOPIC,
  resourceName: 'orders',
  resourcePatternType: aclPatternTypes.LITERAL,
  principal: 'User:alice',
  host: '*',
  operation: aclOperations.READ,
  permissionType: aclPermissionTypes.ALLOW,
  ...over,
})
const filter = (over: Partial<AclFilter> = {}): AclFilter => ({
  resourceTypeFilter: aclResourceTypes.TOPIC,
  resourceNameFilter: 'orders',
  patternTypeFilter: aclPatternTypes.LITERAL,
  principalFilter: null,
  hostFilter: null,
  operation: aclOperations.ANY,
  permissionType: aclPermissionTypes.ANY,
  ...over,
})

function create(controller: TestController, ...creations: CreateAclsRequestAclCreation[]) {
  const request = createMessage(createAclsRequest, { creations })
  return controller.run(each => each.decide(context => createAcls(context, request))).results
}

function remove(controller: TestController, ...filters: AclFilter[]) {
  const request = createMessage(deleteAclsRequest, { filters: filters.map(each => ({ ...each })) })
  return controller.run(each => each.decide(context => deleteAcls(context, request))).filterResults
}

test('an ACL is recorded once, however often it is asked for', () => {
  const controller = new TestController()
  assert.deepEqual(
    create(controller, acl(), acl(), acl({ host: '10.0.0.1' })).map(({ errorCode }) => errorCode),
    [0, 0, 0],
  )
  assert.deepEqual(
    controller.records.map(({ type }) => type),
    ['AccessControlEntryRecord', 'AccessControlEntryRecord'],
  )
  create(controller, acl())
  assert.equal(controller.records.length, 0)
  assert.deepEqual(
    [...controller.metadata.acls.values()].map(({ id: _id, ...entry }) => entry),
    ['*', '10.0.0.1'].map(host => {
      const { resourcePatternType, ...entry } = acl({ host })
      return { ...entry, patternType: resourcePatternType }
    }),
  )
})

/** Error codes and sentences of Kafka 4.4.0. */
const refused: readonly (readonly [what: string, over: Partial<CreateAclsRequestAclCreation>, message: string])[] = [
  ['any type of resource', { resourceType: aclResourceTypes.ANY }, 'Invalid resourceType ANY'],
  ['a type without a meaning', { resourceType: 99 }, 'Invalid resourceType UNKNOWN'],
  ['MATCH, which only filters say', { resourcePatternType: aclPatternTypes.MATCH }, 'Invalid patternType MATCH'],
  ['any operation', { operation: aclOperations.ANY }, 'Invalid operation ANY'],
  ['neither allowed nor denied', { permissionType: aclPermissionTypes.ANY }, 'Invalid permissionType ANY'],
  ['no name', { resourceName: '' }, 'Invalid empty resource name'],
  ['no host', { host: '' }, 'Host pattern cannot be null or empty'],
  [
    'a name without a type of principal',
    { principal: 'alice' },
    'expected a string in format principalType:principalName but got alice',
  ],
  [
    'a cluster of another name',
    { resourceType: aclResourceTypes.CLUSTER, resourceName: 'mine' },
    'The only valid name for the CLUSTER resource is kafka-cluster',
  ],
]

for (const [what, over, errorMessage] of refused) {
  test(`${what}: INVALID_REQUEST, and the others of the request are made`, () => {
    const controller = new TestController()
    assert.deepEqual(create(controller, acl(over), acl()), [
      { errorCode: errorCodes.INVALID_REQUEST, errorMessage },
      { errorCode: errorCodes.NONE, errorMessage: null },
    ])
    assert.equal(controller.metadata.acls.size, 1)
  })
}

test('what two filters find is told to both and deleted once', () => {
  const controller = new TestController()
  create(controller, acl(), acl({ operation: aclOperations.WRITE }), acl({ resourceName: 'others' }))
  const results = remove(controller, filter(), filter({ operation: aclOperations.READ }), filter({ operation: 99 }))
  assert.deepEqual(
    results.map(({ errorCode, matchingAcls }) => [errorCode, matchingAcls.map(({ operation }) => operation)]),
    [
      [errorCodes.NONE, [aclOperations.READ, aclOperations.WRITE]],
      [errorCodes.NONE, [aclOperations.READ]],
      [errorCodes.INVALID_REQUEST, []],
    ],
  )
  assert.deepEqual(
    [...controller.metadata.acls.values()].map(({ resourceName }) => resourceName),
    ['others'],
  )
  assert.equal(controller.records.length, 2)
})

test('a snapshot holds them, and a delta tells which have come and gone', () => {
  const controller = new TestController()
  create(controller, acl(), acl({ host: '10.0.0.1' }))
  remove(controller, filter({ hostFilter: '*' }))
  const { addedAcls, removedAcls } = controller.metadata.takeDelta()
  assert.deepEqual([addedAcls.map(({ host }) => host), removedAcls.map(({ host }) => host)], [['*', '10.0.0.1'], ['*']])
  const again = new MetadataState()
  for (const record of imageRecords(controller.metadata)) again.replay(record)
  assert.deepEqual([...again.acls], [...controller.metadata.acls])
  assert.throws(
    () => again.replay({ type: 'RemoveAccessControlEntryRecord', version: 0, value: { id: 'AAAAAAAAAAAAAAAAAAAAAA' } }),
    /no ACL has the id/,
  )
})

test('more than 10,000 in one request are refused', () => {
  const creations = Array.from({ length: 10_001 }, (_, index) => acl({ resourceName: `t${index}` }))
  assert.throws(() => create(new TestController(), ...creations), { errorCode: errorCodes.POLICY_VIOLATION })
})

test('MATCH finds what concerns a name, the other patterns find the very name', () => {
  const entries = [
    { resourceName: 'orders', patternType: aclPatternTypes.LITERAL },
    { resourceName: 'ord', patternType: aclPatternTypes.PREFIXED },
    { resourceName: 'orders', patternType: aclPatternTypes.PREFIXED },
    { resourceName: '*', patternType: aclPatternTypes.LITERAL },
    { resourceName: 'ordersX', patternType: aclPatternTypes.LITERAL },
  ].map(over => {
    const { resourcePatternType: _pattern, ...entry } = acl()
    return { ...entry, ...over }
  })
  const found = (over: Partial<AclFilter>) =>
    entries.flatMap((entry, index) => (matchesAcl(filter(over), entry) ? [index] : []))
  assert.deepEqual(found({ patternTypeFilter: aclPatternTypes.MATCH }), [0, 1, 2, 3])
  assert.deepEqual(found({ patternTypeFilter: aclPatternTypes.ANY }), [0, 2])
  assert.deepEqual(found({ patternTypeFilter: aclPatternTypes.LITERAL }), [0])
  assert.deepEqual(found({ patternTypeFilter: aclPatternTypes.PREFIXED, resourceNameFilter: null }), [1, 2])
  assert.deepEqual(found({ patternTypeFilter: aclPatternTypes.LITERAL, resourceNameFilter: '*' }), [3])
  assert.deepEqual(found({ principalFilter: 'User:*' }), [])
})
