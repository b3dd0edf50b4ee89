import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LogFields, type Logger, type LogLevel, randomBelow, seededPrng } from '@dorsale/base'
import { aclDecisions } from '@dorsale/coordinate'
import {
  type AccessControlEntryRecord,
  type AclOperationName,
  aclOperations,
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  errorCodes,
} from '@dorsale/protocol'
import type { NamedResourceType, Rights } from './rights.ts'
import { StandardAuthorizer } from './standard-authorizer.ts'

const acls = await aclDecisions()

interface Words {
  readonly principal?: string
  readonly host?: string
  readonly name?: string
  readonly prefix?: string
  readonly type?: keyof typeof aclResourceTypes
}

let nextId = 0
function entry(
  permission: 'ALLOW' | 'DENY',
  operation: AclOperationName,
  { principal = 'User:alice', host = '*', name = 'orders', prefix, type = 'TOPIC' }: Words = {},
): AccessControlEntryRecord {
  return {
    id: String(nextId++),
    resourceType: aclResourceTypes[type],
    resourceName: prefix ?? name,
    patternType: prefix === undefined ? aclPatternTypes.LITERAL : aclPatternTypes.PREFIXED,
    principal,
    host,
    operation: aclOperations[operation],
    permissionType: aclPermissionTypes[permission],
  }
}

interface Line {
  readonly level: string
  readonly fields: LogFields | undefined
}

function authorizerOf(
  entries: readonly AccessControlEntryRecord[],
  {
    superUsers = [],
    isOpen = false,
    level = 'INFO',
  }: { superUsers?: string[]; isOpen?: boolean; level?: LogLevel } = {},
) {
  const lines: Line[] = []
  const say = (lineLevel: string) => (_message: string, fields?: LogFields) => {
    lines.push({ level: lineLevel, fields })
  }
  const logger: Logger = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: () => logger,
  }
  const config = { superUsers: new Set(superUsers), allowEveryoneIfNoAclFound: isOpen }
  const logLevels = { list: () => new Map([['root', level]]), set: () => false }
  const authorizer = new StandardAuthorizer({ config, logger, logLevels }, acls)
  authorizer.load(entries)
  const rightsOf = (principal = 'User:alice', address = '10.0.0.1'): Rights =>
    authorizer.rightsOf({ principal, address, request: 'Fetch' })
  return { authorizer, rightsOf, lines }
}

/** Which operations on the topic `orders` these ACLs let alice do. */
function allowed(entries: readonly AccessControlEntryRecord[], name = 'orders'): string[] {
  const rights = authorizerOf(entries).rightsOf()
  const asked = ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'] as const
  return asked.filter(operation => rights.may(operation, 'TOPIC', name))
}

const all = ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS']
const cases: readonly (readonly [string, readonly AccessControlEntryRecord[], readonly string[]])[] = [
  ['nothing is said', [], []],
  ['one operation', [entry('ALLOW', 'CREATE')], ['CREATE']],
  ['to read is to describe', [entry('ALLOW', 'READ')], ['READ', 'DESCRIBE']],
  ['so is to write', [entry('ALLOW', 'WRITE')], ['WRITE', 'DESCRIBE']],
  ['so is to delete', [entry('ALLOW', 'DELETE')], ['DELETE', 'DESCRIBE']],
  ['so is to alter', [entry('ALLOW', 'ALTER')], ['ALTER', 'DESCRIBE']],
  ['to alter settings is to describe them', [entry('ALLOW', 'ALTER_CONFIGS')], ['DESCRIBE_CONFIGS', 'ALTER_CONFIGS']],
  ['everything', [entry('ALLOW', 'ALL')], all],
  ['everything but to read, which leaves describe', [entry('ALLOW', 'ALL'), entry('DENY', 'READ')], all.slice(1)],
  ['a denial goes before, whatever comes first', [entry('DENY', 'READ'), entry('ALLOW', 'READ')], ['DESCRIBE']],
  ['a denial of everything', [entry('ALLOW', 'ALL'), entry('DENY', 'ALL', { principal: 'User:*' })], []],
  ['everybody', [entry('ALLOW', 'CREATE', { principal: 'User:*' })], ['CREATE']],
  ['somebody else', [entry('ALLOW', 'CREATE', { principal: 'User:bob' })], []],
  ['another type of principal', [entry('ALLOW', 'CREATE', { principal: 'Group:alice' })], []],
  ['from here', [entry('ALLOW', 'CREATE', { host: '10.0.0.1' })], ['CREATE']],
  ['from elsewhere', [entry('ALLOW', 'CREATE', { host: '10.0.0.2' })], []],
  ['every topic', [entry('ALLOW', 'CREATE', { name: '*' })], ['CREATE']],
  ['topics of a prefix', [entry('ALLOW', 'CREATE', { prefix: 'ord' })], ['CREATE']],
  ['topics of a prefix that is the whole name', [entry('ALLOW', 'CREATE', { prefix: 'orders' })], ['CREATE']],
  ['topics of a longer prefix', [entry('ALLOW', 'CREATE', { prefix: 'orders-' })], []],
  ['a literal name is no prefix', [entry('ALLOW', 'CREATE', { name: 'ord' })], []],
  ['a star in a prefix stands for itself', [entry('ALLOW', 'CREATE', { prefix: '*' })], []],
  ['a prefix that is denied', [entry('ALLOW', 'CREATE'), entry('DENY', 'CREATE', { prefix: 'o' })], []],
  ['groups are no topics', [entry('ALLOW', 'ALL', { type: 'GROUP' })], []],
]
for (const [what, entries, expected] of cases) {
  test(what, () => assert.deepEqual(allowed(entries), expected))
}

test('super users may do everything, whatever is denied', () => {
  const { rightsOf } = authorizerOf([entry('DENY', 'ALL', { name: '*' })], { superUsers: ['User:alice'] })
  assert.ok(rightsOf().may('READ', 'TOPIC', 'orders'))
  assert.ok(rightsOf().may('ALTER', 'CLUSTER'))
  assert.ok(rightsOf().mayWithSome('WRITE', 'TOPIC'))
  assert.ok(!rightsOf('User:bob').may('READ', 'TOPIC', 'orders'))
})

test('where nothing is said of a resource everybody may, if it is so configured; an ACL of anybody closes it', () => {
  const { rightsOf } = authorizerOf([entry('ALLOW', 'READ', { principal: 'User:bob' })], { isOpen: true })
  assert.ok(rightsOf().may('READ', 'TOPIC', 'payments'))
  assert.ok(!rightsOf().may('READ', 'TOPIC', 'orders'))
})

test('what is refused has the code of its type', () => {
  const rights = authorizerOf([]).rightsOf()
  const types: Record<NamedResourceType, number> = {
    TOPIC: errorCodes.TOPIC_AUTHORIZATION_FAILED,
    GROUP: errorCodes.GROUP_AUTHORIZATION_FAILED,
    TRANSACTIONAL_ID: errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    DELEGATION_TOKEN: errorCodes.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
    USER: errorCodes.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
  }
  for (const [type, errorCode] of Object.entries(types)) {
    assert.throws(() => rights.require('DESCRIBE', type as NamedResourceType, 'x'), { errorCode })
  }
  assert.throws(() => rights.require('DESCRIBE', 'CLUSTER'), { errorCode: errorCodes.CLUSTER_AUTHORIZATION_FAILED })
})

/** Whether alice may write to any topic at all. */
const some: readonly (readonly [string, readonly AccessControlEntryRecord[], boolean])[] = [
  ['nothing is said', [], false],
  ['one topic', [entry('ALLOW', 'WRITE')], true],
  ['one topic, of which all is allowed', [entry('ALLOW', 'ALL')], true],
  ['another operation', [entry('ALLOW', 'ALTER')], false],
  ['every topic', [entry('ALLOW', 'WRITE', { name: '*' })], true],
  ['every topic but one', [entry('ALLOW', 'WRITE', { name: '*' }), entry('DENY', 'WRITE')], true],
  ['one topic, and none', [entry('ALLOW', 'WRITE'), entry('DENY', 'WRITE', { name: '*' })], false],
  ['one topic, which is denied', [entry('ALLOW', 'WRITE'), entry('DENY', 'WRITE')], false],
  ['one topic of a prefix that is denied', [entry('ALLOW', 'WRITE'), entry('DENY', 'WRITE', { prefix: 'or' })], false],
  [
    'a prefix whose own prefix is denied',
    [entry('ALLOW', 'WRITE', { prefix: 'ord' }), entry('DENY', 'WRITE', { prefix: 'o' })],
    false,
  ],
  [
    'a prefix of which a part is denied',
    [entry('ALLOW', 'WRITE', { prefix: 'o' }), entry('DENY', 'WRITE', { prefix: 'ord' })],
    true,
  ],
  ['from elsewhere', [entry('ALLOW', 'WRITE', { host: '10.0.0.2' })], false],
]
for (const [what, entries, expected] of some) {
  test(`with some topic: ${what}`, () => {
    assert.equal(authorizerOf(entries).rightsOf().mayWithSome('WRITE', 'TOPIC'), expected)
  })
}

test('the operations of a resource are told as bits', () => {
  const rights = authorizerOf([
    entry('ALLOW', 'READ'),
    entry('ALLOW', 'ALTER', { type: 'CLUSTER', name: 'kafka-cluster' }),
  ]).rightsOf()
  assert.equal(rights.operationsOn('TOPIC', 'orders'), (1 << aclOperations.READ) | (1 << aclOperations.DESCRIBE))
  assert.equal(rights.operationsOn('CLUSTER'), (1 << aclOperations.ALTER) | (1 << aclOperations.DESCRIBE))
})

test('a denied attempt is told at info, an allowed one at debug, what is only looked at not at all', () => {
  const denied = entry('DENY', 'WRITE')
  const { rightsOf, lines } = authorizerOf([entry('ALLOW', 'READ'), denied], { level: 'DEBUG' })
  const rights = rightsOf()
  rights.may('WRITE', 'TOPIC', 'orders')
  rights.may('READ', 'TOPIC', 'orders')
  rights.may('WRITE', 'TOPIC', 'orders', 'filter')
  rights.operationsOn('TOPIC', 'orders')
  const told = {
    principal: 'User:alice',
    host: '10.0.0.1',
    resourceType: 'TOPIC',
    resourceName: 'orders',
    request: 'Fetch',
  }
  assert.deepEqual(lines, [
    {
      level: 'info',
      fields: { ...told, operation: 'WRITE', rule: 'MatchingAcl(DENY LITERAL:orders WRITE User:alice *)' },
    },
    {
      level: 'debug',
      fields: { ...told, operation: 'READ', rule: 'MatchingAcl(ALLOW LITERAL:orders READ User:alice *)' },
    },
  ])
  const quiet = authorizerOf([entry('ALLOW', 'READ')])
  quiet.rightsOf().may('READ', 'TOPIC', 'orders')
  assert.deepEqual(quiet.lines, [])
})

test('of a request that names very many resources the first hundred denials are told', () => {
  const { rightsOf, lines } = authorizerOf([])
  const mayRead = rightsOf().allows('READ', 'TOPIC')
  for (let index = 0; index < 1000; index++) mayRead(`t${index}`)
  assert.equal(lines.length, 101)
})

test('a name is decided and told once for each request', () => {
  const { rightsOf, lines } = authorizerOf([])
  const mayRead = rightsOf().allows('READ', 'TOPIC')
  assert.deepEqual(['a', 'b', 'a'].map(mayRead), [false, false, false])
  assert.equal(lines.length, 2)
})

/**
 * Any ACLs, in any order, added and taken away: each decision is that of somebody who reads them one by one, as KIP-11 and KIP-290 say it. Few names and
 * principals, so that many concern each other.
 */
test('every decision is that of the ACLs read one by one', () => {
  const prng = seededPrng(20, 'acls')
  const one = <Value>(pool: readonly Value[]): Value => pool[randomBelow(prng, pool.length)] as Value
  const names = ['*', 'a', 'ab', 'abc', 'b', 'ba', '']
  const principals = ['User:*', 'User:alice', 'User:bob']
  const hosts = ['*', '10.0.0.1', '10.0.0.2']
  const operations = ['ALL', 'READ', 'WRITE', 'DESCRIBE', 'ALTER_CONFIGS', 'DESCRIBE_CONFIGS'] as const
  for (let round = 0; round < 300; round++) {
    const isOpen = one([true, false])
    let entries = Array.from({ length: randomBelow(prng, 8) }, () =>
      entry(one(['ALLOW', 'ALLOW', 'DENY']), one(operations), {
        principal: one(principals),
        host: one(hosts),
        ...(one([true, false]) ? { name: one(names) } : { prefix: one(names) }),
      }),
    )
    const { authorizer, rightsOf } = authorizerOf(entries, { isOpen })
    const removed = entries.filter(() => one([true, false]))
    authorizer.change([], removed)
    entries = entries.filter(each => !removed.includes(each))
    for (const principal of principals.slice(1)) {
      for (const name of ['a', 'ab', 'abcd', 'b', 'c', '*']) {
        for (const operation of ['READ', 'DESCRIBE', 'DESCRIBE_CONFIGS'] as const) {
          const expected = readOneByOne(entries, { principal, host: '10.0.0.1', name, operation, isOpen })
          const got = rightsOf(principal).may(operation, 'TOPIC', name, 'probe')
          assert.equal(got, expected, `round ${round}: ${principal} ${operation} ${name}: ${JSON.stringify(entries)}`)
        }
      }
    }
  }
})

function readOneByOne(
  entries: readonly AccessControlEntryRecord[],
  asked: { principal: string; host: string; name: string; operation: AclOperationName; isOpen: boolean },
): boolean {
  const ofResource = entries.filter(({ patternType, resourceName }) =>
    patternType === aclPatternTypes.PREFIXED
      ? asked.name.startsWith(resourceName)
      : resourceName === '*' || resourceName === asked.name,
  )
  if (ofResource.length === 0) return asked.isOpen
  const ofAsker = ofResource.filter(
    ({ principal, host }) => [asked.principal, 'User:*'].includes(principal) && [asked.host, '*'].includes(host),
  )
  const implying: Partial<Record<AclOperationName, readonly AclOperationName[]>> = {
    DESCRIBE: ['READ', 'WRITE', 'DELETE', 'ALTER'],
    DESCRIBE_CONFIGS: ['ALTER_CONFIGS'],
  }
  const says = (permission: 'ALLOW' | 'DENY', operations: readonly AclOperationName[]) =>
    ofAsker.some(
      ({ permissionType, operation }) =>
        permissionType === aclPermissionTypes[permission] && operations.some(each => aclOperations[each] === operation),
    )
  if (says('DENY', ['ALL', asked.operation])) return false
  return says('ALLOW', ['ALL', asked.operation, ...(implying[asked.operation] ?? [])])
}
