import {
  type AccessControlEntryRecord,
  aclOperations,
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  aclWildcard,
} from '@dorsale/protocol'

/** One entry, without the id under which it is kept. */
export type Acl = Omit<AccessControlEntryRecord, 'id'>

/** Which entries are meant, as DescribeAcls and DeleteAcls say it: ANY, or null, is every one. */
export interface AclFilter {
  readonly resourceTypeFilter: number
  readonly resourceNameFilter: string | null
  readonly patternTypeFilter: number
  readonly principalFilter: string | null
  readonly hostFilter: string | null
  readonly operation: number
  readonly permissionType: number
}

/** What is wrong with a filter by itself: numbers that no release has given a meaning. */
export function aclFilterProblem(filter: AclFilter): string | undefined {
  const { resourceTypeFilter, patternTypeFilter, operation, permissionType } = filter
  if (!isNamed(aclResourceTypes, resourceTypeFilter) || !isNamed(aclPatternTypes, patternTypeFilter)) {
    return 'Unknown patternFilter.'
  }
  if (!isNamed(aclOperations, operation) || !isNamed(aclPermissionTypes, permissionType)) return 'Unknown entryFilter.'
  return undefined
}

function isNamed(codes: Readonly<Record<string, number>>, code: number): boolean {
  return code !== unknownCode && Object.values(codes).includes(code)
}

/** UNKNOWN, of each of them. */
const unknownCode = 0

/** Whether an entry is one of those meant. Principals and hosts are compared as they stand: `User:*` finds what is said of everybody, not everything. */
export function matchesAcl(filter: AclFilter, acl: Acl): boolean {
  return (
    matchesPattern(filter, acl) &&
    (filter.principalFilter === null || filter.principalFilter === acl.principal) &&
    (filter.hostFilter === null || filter.hostFilter === acl.host) &&
    (filter.operation === aclOperations.ANY || filter.operation === acl.operation) &&
    (filter.permissionType === aclPermissionTypes.ANY || filter.permissionType === acl.permissionType)
  )
}

/** MATCH finds every pattern that concerns a resource of the name; the other types find patterns of this very name. */
function matchesPattern(filter: AclFilter, { resourceType, resourceName, patternType }: Acl): boolean {
  const { resourceTypeFilter, resourceNameFilter: name, patternTypeFilter } = filter
  const { ANY, MATCH, LITERAL } = aclPatternTypes
  if (resourceTypeFilter !== aclResourceTypes.ANY && resourceTypeFilter !== resourceType) return false
  if (patternTypeFilter !== ANY && patternTypeFilter !== MATCH && patternTypeFilter !== patternType) return false
  if (name === null) return true
  if (patternTypeFilter !== MATCH) return name === resourceName
  return patternType === LITERAL ? name === resourceName || resourceName === aclWildcard : name.startsWith(resourceName)
}
