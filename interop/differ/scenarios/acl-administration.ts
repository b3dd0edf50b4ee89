import { atNewest, atVersions, type Loose, type Step } from '../step.ts'

const resourceTypes = { any: 1, topic: 2, group: 3, cluster: 4, transactionalId: 5, delegationToken: 6, user: 7 }
const patterns = { any: 1, match: 2, literal: 3, prefixed: 4 }
const operations = { any: 1, all: 2, read: 3, write: 4, describe: 8 }
const permissions = { any: 1, deny: 2, allow: 3 }

const acl = (over: Loose = {}) => ({
  resourceType: resourceTypes.topic,
  resourceName: 'orders',
  resourcePatternType: patterns.literal,
  principal: 'User:alice',
  host: '*',
  operation: operations.read,
  permissionType: permissions.allow,
  ...over,
})
const filter = (over: Loose = {}) => ({
  resourceTypeFilter: resourceTypes.topic,
  resourceNameFilter: 'orders',
  patternTypeFilter: patterns.literal,
  principalFilter: null,
  hostFilter: null,
  operation: operations.any,
  permissionType: permissions.any,
  ...over,
})
const created = (...creations: readonly Loose[]) => ({ creations })
const deleted = (...filters: readonly Loose[]) => ({ filters })

/** Numbers that have no meaning, and those that only a filter may use. */
const odd = [-1, 1, 2, 99]

/** ACLs made, found and deleted, with every mistake that an administrator can make. */
export const aclAdministrationSteps: readonly Step[] = [
  ...atNewest('what the authorizer is told', 'DescribeConfigs', {
    resources: [
      {
        resourceType: 4,
        resourceName: '1',
        configurationKeys: ['authorizer.class.name', 'allow.everyone.if.no.acl.found', 'super.users'],
      },
    ],
    includeSynonyms: true,
    includeDocumentation: false,
  }),
  ...atVersions(
    'of every kind',
    'CreateAcls',
    created(
      acl(),
      acl({ operation: operations.write, permissionType: permissions.deny, host: '10.0.0.1' }),
      acl({ resourcePatternType: patterns.prefixed, resourceName: 'ord' }),
      acl({ resourceName: '*', principal: 'User:*' }),
      acl({ resourceType: resourceTypes.group, resourceName: 'billing' }),
      acl({ resourceType: resourceTypes.transactionalId, resourceName: 'tx', operation: operations.write }),
    ),
  ),
  ...atNewest(
    'of users and tokens',
    'CreateAcls',
    created(
      acl({ resourceType: resourceTypes.user, resourceName: 'User:bob', operation: 13 }),
      acl({ resourceType: resourceTypes.delegationToken, resourceName: 'token', operation: operations.describe }),
    ),
  ),
  ...atNewest('twice in a request', 'CreateAcls', created(acl({ host: 'twice' }), acl({ host: 'twice' }))),
  ...odd.flatMap(resourceType => atNewest(`type ${resourceType}`, 'CreateAcls', created(acl({ resourceType })))),
  ...odd.flatMap(type => atNewest(`pattern ${type}`, 'CreateAcls', created(acl({ resourcePatternType: type })))),
  ...odd.flatMap(operation => atNewest(`operation ${operation}`, 'CreateAcls', created(acl({ operation })))),
  ...odd.flatMap(type => atNewest(`permission ${type}`, 'CreateAcls', created(acl({ permissionType: type })))),
  ...atNewest('what a type does not know', 'CreateAcls', created(acl({ operation: 9 }))),
  ...['', 'kafka', 'kafka-cluster', '*'].flatMap(resourceName =>
    atNewest(
      `the cluster ${resourceName}`,
      'CreateAcls',
      created(acl({ resourceType: resourceTypes.cluster, resourceName })),
    ),
  ),
  ...atNewest('without a name', 'CreateAcls', created(acl({ resourceName: '' }))),
  ...['', 'alice', ':', 'User:', 'Group:ops', 'User:a:b'].flatMap(principal =>
    atNewest(`the principal ${principal}`, 'CreateAcls', created(acl({ principal, resourceName: 'principals' }))),
  ),
  ...['', 'example.org', '::1'].flatMap(host =>
    atNewest(`the host ${host}`, 'CreateAcls', created(acl({ host, resourceName: 'hosts' }))),
  ),
  ...atNewest('a long name', 'CreateAcls', created(acl({ resourceName: 'x'.repeat(300) }))),
  ...atVersions(
    'everything',
    'DescribeAcls',
    filter({ resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 }),
  ),
  ...Object.entries(patterns).flatMap(([name, patternTypeFilter]) =>
    ['orders', 'ord', 'o', '*', null].flatMap(resourceNameFilter =>
      atVersions(`${resourceNameFilter}, ${name}`, 'DescribeAcls', filter({ patternTypeFilter, resourceNameFilter }), {
        versions: [1, 3],
      }),
    ),
  ),
  ...['User:alice', 'User:*', 'alice', ''].flatMap(principalFilter =>
    atNewest(`of ${principalFilter}`, 'DescribeAcls', filter({ principalFilter, patternTypeFilter: patterns.match })),
  ),
  ...['*', '10.0.0.1', ''].flatMap(hostFilter =>
    atNewest(`from ${hostFilter}`, 'DescribeAcls', filter({ hostFilter, patternTypeFilter: patterns.match })),
  ),
  ...Object.entries(operations).flatMap(([name, operation]) =>
    atNewest(`of operation ${name}`, 'DescribeAcls', filter({ operation, patternTypeFilter: patterns.match })),
  ),
  ...Object.entries(permissions).flatMap(([name, permissionType]) =>
    atNewest(`that ${name}`, 'DescribeAcls', filter({ permissionType, patternTypeFilter: patterns.match })),
  ),
  ...Object.entries(resourceTypes).flatMap(([name, resourceTypeFilter]) =>
    atNewest(`of type ${name}`, 'DescribeAcls', filter({ resourceTypeFilter, resourceNameFilter: null })),
  ),
  ...[-1, 99].flatMap(number => [
    ...atNewest(`type ${number}`, 'DescribeAcls', filter({ resourceTypeFilter: number })),
    ...atNewest(`pattern ${number}`, 'DescribeAcls', filter({ patternTypeFilter: number })),
    ...atNewest(`operation ${number}`, 'DescribeAcls', filter({ operation: number })),
    ...atNewest(`permission ${number}`, 'DescribeAcls', filter({ permissionType: number })),
    ...atNewest(`type ${number}`, 'DeleteAcls', deleted(filter({ resourceTypeFilter: number }))),
    ...atNewest(
      `operation ${number}`,
      'DeleteAcls',
      deleted(filter({ operation: number }), filter({ hostFilter: 'x' })),
    ),
  ]),
  ...atVersions('one, and what is not there', 'DeleteAcls', version =>
    deleted(
      filter({ resourceNameFilter: 'hosts', hostFilter: ['', 'example.org', '::1'][version - 1] }),
      filter({ hostFilter: 'nowhere' }),
    ),
  ),
  ...atNewest('two filters that find the same', 'DeleteAcls', deleted(filter(), filter())),
  ...atNewest(
    'the rest',
    'DeleteAcls',
    deleted(filter({ resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 })),
  ),
  ...atNewest(
    'nothing',
    'DescribeAcls',
    filter({ resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 }),
  ),
]
