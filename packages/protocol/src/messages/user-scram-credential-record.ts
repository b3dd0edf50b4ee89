import { bytes, f, int8, int32, type MessageOf, message, string } from '../table/index.ts'

/** A SCRAM credential of a user. */
export const userScramCredentialRecord = message({
  name: 'UserScramCredentialRecord',
  type: 'metadata',
  apiKey: 11,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(string, '0+'),
    mechanism: f(int8, '0+', 'SASL mechanism.'),
    salt: f(bytes, '0+', 'Random salt.'),
    storedKey: f(bytes, '0+'),
    serverKey: f(bytes, '0+'),
    iterations: f(int32, '0+', 'Rounds of the key derivation.'),
  },
})

export interface UserScramCredentialRecord extends MessageOf<typeof userScramCredentialRecord> {}
