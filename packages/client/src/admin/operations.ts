import { aclOperations as codes } from '@dorsale/protocol'
import { Codes, type NameIn } from './codes.ts'

/** What an ACL may allow or deny. */
export const aclOperations = new Codes(codes)

/** What may be done: `READ`, `WRITE`, `CREATE`, `DELETE`, `ALTER`, `DESCRIBE`, `CLUSTER_ACTION`, `DESCRIBE_CONFIGS`, `ALTER_CONFIGS`, `IDEMPOTENT_WRITE`, `CREATE_TOKENS`, `DESCRIBE_TOKENS`, `TWO_PHASE_COMMIT`, or `ALL` of it; `ANY` in filters. */
export type AclOperation = NameIn<typeof aclOperations>

/** What the protocol has in place of operations that nobody asked for. */
const notAsked = -2_147_483_648

/** The operations in a response's bits; undefined when they were not asked for. */
export function operationsIn(bits: number): AclOperation[] | undefined {
  if (bits === notAsked) return undefined
  return aclOperations.names.filter(name => (bits & (1 << aclOperations.code(name))) !== 0)
}
