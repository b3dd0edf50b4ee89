import { Codes, type NameIn } from './codes.ts'

/** What an ACL may allow or deny. */
export const aclOperations = new Codes({
  UNKNOWN: 0,
  ANY: 1,
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
  CREATE_TOKENS: 13,
  DESCRIBE_TOKENS: 14,
  TWO_PHASE_COMMIT: 15,
})

export type AclOperation = NameIn<typeof aclOperations>

/** What the protocol has in place of operations that nobody asked for. */
const notAsked = -2_147_483_648

/** The operations in a response's bits; undefined when they were not asked for. */
export function operationsIn(bits: number): AclOperation[] | undefined {
  if (bits === notAsked) return undefined
  return aclOperations.names.filter(name => (bits & (1 << aclOperations.code(name))) !== 0)
}
