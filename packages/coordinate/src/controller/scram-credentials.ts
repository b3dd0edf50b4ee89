/**
 * SCRAM credentials of users. The client sends the password salted and hashed already; what is kept are the two keys that RFC 5802 makes of it, from
 * which nobody can log in.
 */
import { type DigestName, digest, hmac } from '@dorsale/base'
import {
  type AlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsRequestScramCredentialDeletion,
  type AlterUserScramCredentialsRequestScramCredentialUpsertion,
  type AlterUserScramCredentialsResponse,
  alterUserScramCredentialsResponse,
  createMessage,
  errorCodes,
  type MetadataRecord,
  metadataRecord,
  metadataVersions,
  ProtocolError,
} from '@dorsale/protocol'
import type { ControllerContext } from './context.ts'
import type { ControllerResult } from './result.ts'

/** Kafka's numbers of the mechanisms, with the bounds on their iterations. */
export const scramMechanisms: ReadonlyMap<number, ScramMechanism> = new Map([
  [1, { name: 'SCRAM-SHA-256', digest: 'sha256', iterationsMin: 4096 }],
  [2, { name: 'SCRAM-SHA-512', digest: 'sha512', iterationsMin: 4096 }],
])

export interface ScramMechanism {
  readonly name: string
  readonly digest: DigestName
  readonly iterationsMin: number
}

export const scramIterationsMax = 16384

/** Sets and removes credentials; each user succeeds or fails for itself, and one who stands twice fails. */
export function alterScramCredentials(
  context: ControllerContext,
  request: AlterUserScramCredentialsRequest,
): ControllerResult<AlterUserScramCredentialsResponse> {
  const { deletions, upsertions } = request
  const counts = new Map<string, number>()
  for (const { name } of [...deletions, ...upsertions]) counts.set(name, (counts.get(name) ?? 0) + 1)
  const records: MetadataRecord[] = []
  const reply = createMessage(alterUserScramCredentialsResponse)
  for (const user of counts.keys()) {
    const deletion = deletions.find(({ name }) => name === user)
    const upsertion = upsertions.find(({ name }) => name === user)
    try {
      // Kafka looks at each alteration before it asks whether there are several.
      if (deletion !== undefined) checkDeletion(context, deletion)
      if (upsertion !== undefined) checkUpsertion(upsertion)
      if (counts.get(user)! > 1) {
        throw new ProtocolError(
          errorCodes.DUPLICATE_RESOURCE,
          'A user credential cannot be altered twice in the same request',
        )
      }
      checkSupported(context)
      records.push(deletion === undefined ? scramCredentialRecord(upsertion!) : removalRecord(deletion))
      reply.results.push({ user, errorCode: errorCodes.NONE, errorMessage: null })
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      reply.results.push({ user, errorCode: error.errorCode, errorMessage: error.message })
    }
  }
  return { records, reply }
}

function checkDeletion(
  { metadata }: ControllerContext,
  { name, mechanism }: AlterUserScramCredentialsRequestScramCredentialDeletion,
): void {
  checkUser(name, mechanism)
  if (metadata.scramCredentials.some(each => each.name === name && each.mechanism === mechanism)) return
  throw new ProtocolError(errorCodes.RESOURCE_NOT_FOUND, 'Attempt to delete a user credential that does not exist')
}

function checkUpsertion(upsertion: AlterUserScramCredentialsRequestScramCredentialUpsertion): void {
  const { iterationsMin } = checkUser(upsertion.name, upsertion.mechanism)
  const unacceptable = (message: string) => new ProtocolError(errorCodes.UNACCEPTABLE_CREDENTIAL, message)
  if (upsertion.iterations < iterationsMin) throw unacceptable('Too few iterations')
  if (upsertion.iterations > scramIterationsMax) throw unacceptable('Too many iterations')
}

function checkUser(name: string, mechanism: number): ScramMechanism {
  if (name === '') throw new ProtocolError(errorCodes.UNACCEPTABLE_CREDENTIAL, 'Username must not be empty')
  const known = scramMechanisms.get(mechanism)
  if (known === undefined) {
    throw new ProtocolError(errorCodes.UNSUPPORTED_SASL_MECHANISM, 'Unknown SCRAM mechanism')
  }
  return known
}

function checkSupported({ metadata }: ControllerContext): void {
  if (metadata.metadataVersion >= metadataVersions.scram) return
  throw new ProtocolError(
    errorCodes.UNSUPPORTED_VERSION,
    'The current metadata.version does not support SCRAM credentials: raise it to 3.5-IV2 or later.',
  )
}

/** What is kept of a password that was salted: the two keys of RFC 5802. */
export function scramCredentialRecord(
  upsertion: AlterUserScramCredentialsRequestScramCredentialUpsertion,
): MetadataRecord {
  const { name, mechanism, salt, saltedPassword, iterations } = upsertion
  const { digest: algorithm } = scramMechanisms.get(mechanism)!
  const clientKey = hmac(algorithm, saltedPassword, Buffer.from('Client Key'))
  return metadataRecord('UserScramCredentialRecord', 0, {
    name,
    mechanism,
    salt: Uint8Array.from(salt),
    storedKey: digest(algorithm, clientKey),
    serverKey: hmac(algorithm, saltedPassword, Buffer.from('Server Key')),
    iterations,
  })
}

function removalRecord({ name, mechanism }: AlterUserScramCredentialsRequestScramCredentialDeletion): MetadataRecord {
  return metadataRecord('RemoveUserScramCredentialRecord', 0, { name, mechanism })
}
