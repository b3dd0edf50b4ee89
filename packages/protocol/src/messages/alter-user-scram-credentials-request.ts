import { array, bytes, f, int8, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const scramCredentialDeletion = struct('ScramCredentialDeletion', {
  name: f(string, '0+'),
  mechanism: f(int8, '0+', 'SASL mechanism.'),
})

const scramCredentialUpsertion = struct('ScramCredentialUpsertion', {
  name: f(string, '0+'),
  mechanism: f(int8, '0+', 'SASL mechanism.'),
  iterations: f(int32, '0+', 'Rounds of the key derivation.'),
  salt: f(bytes, '0+', 'Random salt.'),
  saltedPassword: f(bytes, '0+', 'The salted password.'),
})

/** Creates and deletes SCRAM credentials. */
export const alterUserScramCredentialsRequest = message({
  name: 'AlterUserScramCredentialsRequest',
  type: 'request',
  apiKey: 51,
  listeners: ['broker', 'controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    deletions: f(array(scramCredentialDeletion), '0+'),
    upsertions: f(array(scramCredentialUpsertion), '0+'),
  },
})

export interface AlterUserScramCredentialsRequest extends MessageOf<typeof alterUserScramCredentialsRequest> {}

export interface AlterUserScramCredentialsRequestScramCredentialDeletion
  extends StructOf<typeof scramCredentialDeletion> {}

export interface AlterUserScramCredentialsRequestScramCredentialUpsertion
  extends StructOf<typeof scramCredentialUpsertion> {}
