/** Access control lists: each entry is checked, recorded under an id of its own, and taken away by a filter. */
import {
  type AccessControlEntryRecord,
  aclOperations,
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  type CreateAclsRequest,
  type CreateAclsRequestAclCreation,
  type CreateAclsResponse,
  clusterResourceName,
  createAclsResponse,
  createMessage,
  type DeleteAclsRequest,
  type DeleteAclsResponse,
  type DeleteAclsResponseFilterResult,
  deleteAclsResponse,
  errorCodes,
  type MetadataRecord,
  metadataRecord,
  ProtocolError,
  randomUuid,
} from '@dorsale/protocol'
import { type Acl, aclFilterProblem, matchesAcl } from './acl-filter.ts'
import type { ControllerContext } from './context.ts'
import type { ControllerResult } from './result.ts'

export { type AclFilter, matchesAcl } from './acl-filter.ts'

/** Records that one request may write, as in Kafka. */
const recordsPerRequestMax = 10_000

/** Each entry succeeds or fails for itself; one that is there already is there. */
export function createAcls(
  { metadata, prng }: ControllerContext,
  { creations }: CreateAclsRequest,
): ControllerResult<CreateAclsResponse> {
  const known = keysOfThoseNamed(metadata.acls.values(), creations)
  const records: MetadataRecord[] = []
  const results = creations.map(creation => {
    try {
      checkCreation(creation)
      const acl = aclOf(creation)
      const key = keyOf(acl)
      if (!known.has(key)) {
        known.add(key)
        records.push(metadataRecord('AccessControlEntryRecord', 0, { id: randomUuid(prng), ...acl }))
      }
      return { errorCode: errorCodes.NONE, errorMessage: null }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return { errorCode: error.errorCode, errorMessage: error.message }
    }
  })
  checkCount(records, 'create')
  return { records, reply: createMessage(createAclsResponse, { results }) }
}

/** Each filter succeeds or fails for itself, and answers what it found; what two of them find goes once. */
export function deleteAcls(
  { metadata }: ControllerContext,
  { filters }: DeleteAclsRequest,
): ControllerResult<DeleteAclsResponse> {
  const deleted = new Set<string>()
  const filterResults = filters.map((filter): DeleteAclsResponseFilterResult => {
    const problem = aclFilterProblem(filter)
    if (problem !== undefined) return { errorCode: errorCodes.INVALID_REQUEST, errorMessage: problem, matchingAcls: [] }
    const found = [...metadata.acls.values()].filter(acl => matchesAcl(filter, acl))
    for (const { id } of found) deleted.add(id)
    const matchingAcls = found.map(({ id: _id, ...acl }) => ({
      errorCode: errorCodes.NONE,
      errorMessage: null,
      ...acl,
    }))
    return { errorCode: errorCodes.NONE, errorMessage: null, matchingAcls }
  })
  const records = [...deleted].map(id => metadataRecord('RemoveAccessControlEntryRecord', 0, { id }))
  checkCount(records, 'delete')
  return { records, reply: createMessage(deleteAclsResponse, { filterResults }) }
}

/** In Kafka's order: what its broker looks at, then what its controller does. */
function checkCreation(creation: CreateAclsRequestAclCreation): void {
  const { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType } = creation
  if (resourceType === aclResourceTypes.CLUSTER && resourceName !== clusterResourceName) {
    throw invalid(`The only valid name for the CLUSTER resource is ${clusterResourceName}`)
  }
  if (resourceName === '') throw invalid('Invalid empty resource name')
  checkNamed('resourceType', aclResourceTypes, resourceType)
  checkNamed('patternType', aclPatternTypes, resourcePatternType)
  checkNamed('operation', aclOperations, operation)
  checkNamed('permissionType', aclPermissionTypes, permissionType)
  if (!principal.includes(':')) {
    throw invalid(`expected a string in format principalType:principalName but got ${principal}`)
  }
  if (host === '') throw invalid('Host pattern cannot be null or empty')
}

/** An entry says exactly what it is about: not ANY, not MATCH, and nothing that has no name. */
function checkNamed(field: string, codes: Readonly<Record<string, number>>, code: number): void {
  const name = Object.keys(codes).find(each => codes[each] === code) ?? 'UNKNOWN'
  if (inexact.has(name)) throw invalid(`Invalid ${field} ${name}`)
}

const inexact: ReadonlySet<string> = new Set(['UNKNOWN', 'ANY', 'MATCH'])

function aclOf({ resourcePatternType, ...creation }: CreateAclsRequestAclCreation): Acl {
  return { ...creation, patternType: resourcePatternType }
}

/** Those that concern the named resources, as keys: among thousands of entries only few are compared whole. */
function keysOfThoseNamed(
  acls: Iterable<AccessControlEntryRecord>,
  creations: readonly CreateAclsRequestAclCreation[],
): Set<string> {
  const names = new Set(creations.map(({ resourceName }) => resourceName))
  const keys = new Set<string>()
  for (const acl of acls) if (names.has(acl.resourceName)) keys.add(keyOf(acl))
  return keys
}

function keyOf(acl: Acl): string {
  const { resourceType, resourceName, patternType, principal, host, operation, permissionType } = acl
  return JSON.stringify([resourceType, resourceName, patternType, principal, host, operation, permissionType])
}

function checkCount(records: readonly MetadataRecord[], verb: string): void {
  if (records.length <= recordsPerRequestMax) return
  throw new ProtocolError(
    errorCodes.POLICY_VIOLATION,
    `A request may ${verb} ${recordsPerRequestMax} ACLs, not ${records.length}: send several.`,
  )
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REQUEST, message)
}
