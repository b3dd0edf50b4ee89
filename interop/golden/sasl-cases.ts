/** What clients say to a listener that asks who they are: in order, out of order, with what is right and with what is wrong. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import {
  apis,
  apiVersionsRequest,
  createMessage,
  encodeMessageBytes,
  findCoordinatorRequest,
  type MessageTable,
  metadataRequest,
  type PartialMessage,
  requestHeader,
  requestHeaderVersion,
  saslAuthenticateRequest,
  saslHandshakeRequest,
} from '@dorsale/protocol'

/** Who may come in: what the capture sets up at the real broker. */
export const saslUsers = {
  /** By PLAIN. */
  plain: { name: 'alice', password: 'wonder land' },
  /** By SCRAM of both digests. */
  scram: { name: 'bob', password: 'pässword', salt: Buffer.from('a salt of many bytes'), iterations: 4096 },
} as const

/** How long the listener `SHORT` believes who somebody is. */
export const shortSessionMs = 1500

export type SaslStep =
  /** Sends a frame, of which this is what follows its size, and waits for the answer. */
  | { readonly frame: Uint8Array; readonly isOpaque?: boolean }
  /** Sends what depends on what came last. */
  | { readonly frameAfter: (answer: Uint8Array) => Uint8Array }
  /** Sends bytes as they are. */
  | { readonly bytes: Uint8Array }
  | { readonly waitMs: number }

export interface SaslCase {
  readonly name: string
  readonly listener: 'SASL' | 'SHORT' | 'PLAINTEXT'
  readonly steps: readonly SaslStep[]
}

export function request<Table extends MessageTable>(
  table: Table,
  version: number,
  value: PartialMessage<Table>,
): Uint8Array {
  const apiKey = table.apiKey as number
  const header = createMessage(requestHeader, {
    requestApiKey: apiKey,
    requestApiVersion: version,
    correlationId: 7,
    clientId: 'golden',
  })
  // A version that nobody serves has the shape of the newest.
  const bodyVersion = Math.min(version, apis.get(apiKey)!.versionMax)
  return Buffer.concat([
    encodeMessageBytes(requestHeader, requestHeaderVersion(apiKey, bodyVersion), header),
    encodeMessageBytes(table, bodyVersion, createMessage(table, value)),
  ])
}

const handshake = (mechanism: string, version = 1) => ({ frame: request(saslHandshakeRequest, version, { mechanism }) })
const authenticate = (text: string | Uint8Array, version = 2) => ({
  frame: request(saslAuthenticateRequest, version, { authBytes: Buffer.from(text) }),
})
/** What a served client asks, and hears the same from any broker. */
const question = { frame: request(findCoordinatorRequest, 4, { keyType: 0, coordinatorKeys: [] }) }
const apiVersions = {
  frame: request(apiVersionsRequest, 3, { clientSoftwareName: 'golden', clientSoftwareVersion: '1' }),
  isOpaque: true,
}
const token = (text: string) => ({ frame: Buffer.from(text) })

const { name: alice, password } = saslUsers.plain
const plain = `\0${alice}\0${password}`

const nonce = 'golden-nonce'
/** SCRAM's second word of the client, given the answer of the broker to the first. */
function proof(
  digest: 'sha256' | 'sha512',
  options: {
    secret?: string
    first?: string
    binding?: string
    strange?: string
    spoilsProof?: boolean
    repeatsNonce?: boolean
  } = {},
): SaslStep {
  const { secret = saslUsers.scram.password, first = `n=${saslUsers.scram.name},r=${nonce}` } = options
  return {
    frameAfter(answer) {
      // The authenticate response of version 2: header 5 bytes, error 2, a null message 1, then the bytes with their length.
      const serverFirst = Buffer.from(answer.subarray(9, 9 + answer[8]! - 1)).toString()
      const fields = new Map(serverFirst.split(',').map(field => [field[0], field.slice(2)]))
      const hmac = (key: Uint8Array, text: string) => createHmac(digest, key).update(text).digest()
      const salt = Buffer.from(fields.get('s') ?? '', 'base64')
      const size = digest === 'sha256' ? 32 : 64
      const salted = pbkdf2Sync(secret, salt, Number(fields.get('i')), size, digest)
      const withoutProof = `c=${options.binding ?? 'biws'},r=${options.repeatsNonce === true ? nonce : ''}${fields.get('r')}${options.strange ?? ''}`
      const clientKey = hmac(salted, 'Client Key')
      const stored = createHash(digest).update(clientKey).digest()
      const signature = hmac(stored, `${first},${serverFirst},${withoutProof}`)
      const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!))
      if (options.spoilsProof === true) proof[0]! ^= 1
      return authenticate(`${withoutProof},p=${proof.toString('base64')}`).frame
    },
  }
}
const scramFirst = (user: string = saslUsers.scram.name, header = 'n,,', more = '') =>
  authenticate(`${header}n=${user},r=${nonce}${more}`)

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token that nobody has signed. `nowMs`: when the case is played. */
export function unsecuredToken(nowMs: number, claims: Readonly<Record<string, unknown>> = {}, header = {}): string {
  const iat = Math.floor(nowMs / 1000)
  return `${part({ alg: 'none', ...header })}.${part({ sub: 'carol', iat, exp: iat + 3600, ...claims })}.`
}
const bearer = (text: string, more = '') => authenticate(`n,,\x01auth=Bearer ${text}\x01${more}\x01`)

/** Each on a connection of its own; a case ends where the broker closes. */
export function saslCases(nowMs: number): SaslCase[] {
  const seconds = Math.floor(nowMs / 1000)
  const at = (listener: SaslCase['listener'], name: string, ...steps: SaslStep[]): SaslCase => ({
    name,
    listener,
    steps,
  })
  const sasl = (name: string, ...steps: SaslStep[]) => at('SASL', name, ...steps)
  return [
    sasl('PLAIN', apiVersions, handshake('PLAIN'), authenticate(plain), question),
    sasl('PLAIN, authenticate of version 0', handshake('PLAIN'), authenticate(plain, 0), question),
    sasl('PLAIN, authenticate of version 1', handshake('PLAIN'), authenticate(plain, 1), question),
    sasl('PLAIN, to act for oneself', handshake('PLAIN'), authenticate(`${alice}\0${alice}\0${password}`), question),
    sasl('PLAIN, to act for another', handshake('PLAIN'), authenticate(`bob\0${alice}\0${password}`)),
    sasl('PLAIN, wrong password', handshake('PLAIN'), authenticate(`\0${alice}\0wrong`), question),
    sasl('PLAIN, wrong password in version 0', handshake('PLAIN'), authenticate(`\0${alice}\0wrong`, 0)),
    sasl('PLAIN, unknown user', handshake('PLAIN'), authenticate('\0mallory\0wrong')),
    sasl('PLAIN, no user', handshake('PLAIN'), authenticate(`\0\0${password}`)),
    sasl('PLAIN, no password', handshake('PLAIN'), authenticate(`\0${alice}\0`)),
    sasl('PLAIN, two parts', handshake('PLAIN'), authenticate(`${alice}\0${password}`)),
    sasl('PLAIN, four parts', handshake('PLAIN'), authenticate(`\0${alice}\0${password}\0more`)),
    sasl('PLAIN, nothing', handshake('PLAIN'), authenticate('')),
    sasl('PLAIN, not UTF-8', handshake('PLAIN'), authenticate(Uint8Array.of(0, 0xff, 0xfe, 0, 0x80))),
    sasl('a mechanism that is not served', handshake('GSSAPI'), question),
    sasl('a mechanism that is not served, version 0', handshake('DIGEST-MD5', 0)),
    sasl('a mechanism by another case', handshake('plain')),
    sasl('versions after the handshake', handshake('PLAIN'), apiVersions, authenticate(plain)),
    sasl('versions twice', apiVersions, apiVersions),
    sasl('versions that are not served', { frame: request(apiVersionsRequest, 99, {}) }, handshake('PLAIN')),
    sasl('versions with a bad name', {
      frame: request(apiVersionsRequest, 3, { clientSoftwareName: '-', clientSoftwareVersion: '1' }),
      isOpaque: true,
    }),
    sasl('two handshakes', handshake('PLAIN'), handshake('PLAIN')),
    sasl('a handshake of a version that is not served', { frame: request(saslHandshakeRequest, 2, {}) }),
    sasl('a question first', { frame: request(metadataRequest, 9, {}) }),
    sasl('a question after the handshake', handshake('PLAIN'), question),
    sasl('authenticate first', authenticate(plain)),
    sasl('authenticate of a version that is not served', handshake('PLAIN'), {
      frame: request(saslAuthenticateRequest, 3, {}),
    }),
    sasl('an API that does not exist', { frame: Buffer.from('7fff000000000007ffff', 'hex') }),
    sasl('no request at all', token('GET / HTTP/1.1')),
    sasl('an empty frame', token('')),
    sasl('a negative size', { bytes: Buffer.from('ffffffff', 'hex') }),
    sasl('a size beyond sasl.server.max.receive.size', { bytes: Buffer.from('00080001', 'hex') }),
    sasl('trailing bytes', { frame: Buffer.concat([handshake('PLAIN').frame, Buffer.from('more')]) }),
    sasl('raw PLAIN', handshake('PLAIN', 0), token(plain), question),
    sasl('raw PLAIN, wrong password', handshake('PLAIN', 0), token(`\0${alice}\0wrong`)),
    sasl('raw PLAIN after version 1', handshake('PLAIN'), token(plain)),
    sasl('authenticate after version 0', handshake('PLAIN', 0), authenticate(plain)),
    sasl('raw OAUTHBEARER', handshake('OAUTHBEARER', 0), token(`n,,\x01auth=Bearer ${unsecuredToken(nowMs)}\x01\x01`)),
    sasl('raw SCRAM, wrong word', handshake('SCRAM-SHA-256', 0), token('what?')),
    sasl('SCRAM-SHA-256', handshake('SCRAM-SHA-256'), scramFirst(), proof('sha256'), question),
    sasl('SCRAM-SHA-512', handshake('SCRAM-SHA-512'), scramFirst(), proof('sha512'), question),
    sasl('SCRAM, wrong password', handshake('SCRAM-SHA-256'), scramFirst(), proof('sha256', { secret: 'password' })),
    sasl('SCRAM, spoilt proof', handshake('SCRAM-SHA-512'), scramFirst(), proof('sha512', { spoilsProof: true })),
    // As librdkafka before 2.6 says it.
    sasl('SCRAM, own nonce twice', handshake('SCRAM-SHA-256'), scramFirst(), proof('sha256', { repeatsNonce: true })),
    sasl('SCRAM, unknown user', handshake('SCRAM-SHA-256'), scramFirst('mallory')),
    sasl(
      'SCRAM, for oneself',
      handshake('SCRAM-SHA-256'),
      scramFirst('bob', 'n,a=bob,'),
      proof('sha256', { binding: 'bixhPWJvYiw=' }),
    ),
    sasl(
      'SCRAM, for oneself, bound to nobody',
      handshake('SCRAM-SHA-256'),
      scramFirst('bob', 'n,a=bob,'),
      proof('sha256'),
    ),
    sasl('SCRAM, for another', handshake('SCRAM-SHA-256'), scramFirst('bob', 'n,a=alice,')),
    sasl('SCRAM, channel binding not seen', handshake('SCRAM-SHA-256'), scramFirst('bob', 'y,,')),
    sasl('SCRAM, channel binding', handshake('SCRAM-SHA-256'), scramFirst('bob', 'p=tls-unique,,')),
    sasl(
      'SCRAM, an extension of another kind',
      handshake('SCRAM-SHA-256'),
      scramFirst('bob', 'n,,', ',x=y'),
      proof('sha256', { first: `n=bob,r=${nonce},x=y` }),
    ),
    sasl('SCRAM, a mandatory extension', handshake('SCRAM-SHA-256'), authenticate(`n,,m=x,n=bob,r=${nonce}`)),
    sasl('SCRAM, a token that is not there', handshake('SCRAM-SHA-256'), scramFirst('id', 'n,,', ',tokenauth=true')),
    sasl(
      'SCRAM, tokenauth by another word',
      handshake('SCRAM-SHA-256'),
      scramFirst('bob', 'n,,', ',tokenauth=no'),
      proof('sha256', { first: `n=bob,r=${nonce},tokenauth=no` }),
    ),
    sasl('SCRAM, name with a bad escape', handshake('SCRAM-SHA-256'), scramFirst('b=ob')),
    sasl('SCRAM, no nonce', handshake('SCRAM-SHA-256'), authenticate('n,,n=bob')),
    sasl('SCRAM, empty', handshake('SCRAM-SHA-256'), authenticate('')),
    sasl('SCRAM, not UTF-8', handshake('SCRAM-SHA-256'), authenticate(Uint8Array.of(0xff, 0xfe))),
    sasl(
      'SCRAM, another nonce in the end',
      handshake('SCRAM-SHA-256'),
      scramFirst(),
      authenticate('c=biws,r=other,p=AAAA'),
    ),
    sasl('SCRAM, no proof in the end', handshake('SCRAM-SHA-256'), scramFirst(), authenticate('c=biws,r=other')),
    sasl(
      'SCRAM, an extension in the end',
      handshake('SCRAM-SHA-256'),
      scramFirst(),
      proof('sha256', { strange: ',x=y' }),
    ),
    sasl('SCRAM, the first word twice', handshake('SCRAM-SHA-256'), scramFirst(), scramFirst()),
    sasl('OAUTHBEARER', handshake('OAUTHBEARER'), bearer(unsecuredToken(nowMs)), question),
    sasl(
      'OAUTHBEARER, extensions',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs), 'traceId=123\x01'),
      question,
    ),
    sasl('OAUTHBEARER, a reserved extension', handshake('OAUTHBEARER'), bearer(unsecuredToken(nowMs), 'auth=123\x01')),
    sasl(
      'OAUTHBEARER, expired',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { iat: seconds - 7200, exp: seconds - 3600 })),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, expired, and another word',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { iat: seconds - 7200, exp: seconds - 3600 })),
      authenticate('so what'),
    ),
    sasl(
      'OAUTHBEARER, issued in the future',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { iat: seconds + 3000 })),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, no expiry',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { exp: undefined })),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, expiry is text',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { exp: 'never' })),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, no subject',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { sub: undefined })),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, an empty subject',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { sub: ' ' })),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, no time of issue',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { iat: undefined })),
      question,
    ),
    sasl(
      'OAUTHBEARER, signed',
      handshake('OAUTHBEARER'),
      bearer(`${unsecuredToken(nowMs, {}, { alg: 'HS256' })}c2ln`),
      authenticate('\x01'),
    ),
    sasl(
      'OAUTHBEARER, unsigned with a signature',
      handshake('OAUTHBEARER'),
      bearer(`${unsecuredToken(nowMs)}c2ln`),
      authenticate('\x01'),
    ),
    sasl('OAUTHBEARER, two parts', handshake('OAUTHBEARER'), bearer('e30.e30'), authenticate('\x01')),
    sasl('OAUTHBEARER, no JSON', handshake('OAUTHBEARER'), bearer('YWJj.YWJj.'), authenticate('\x01')),
    sasl('OAUTHBEARER, no base64', handshake('OAUTHBEARER'), bearer('a.b.'), authenticate('\x01')),
    sasl(
      'OAUTHBEARER, for oneself',
      handshake('OAUTHBEARER'),
      authenticate(`n,a=carol,\x01auth=Bearer ${unsecuredToken(nowMs)}\x01\x01`),
      question,
    ),
    sasl(
      'OAUTHBEARER, for another',
      handshake('OAUTHBEARER'),
      authenticate(`n,a=dave,\x01auth=Bearer ${unsecuredToken(nowMs)}\x01\x01`),
    ),
    sasl(
      'OAUTHBEARER, another scheme',
      handshake('OAUTHBEARER'),
      authenticate(`n,,\x01auth=Basic ${unsecuredToken(nowMs)}\x01\x01`),
    ),
    sasl(
      'OAUTHBEARER, scheme in small letters',
      handshake('OAUTHBEARER'),
      authenticate(`n,,\x01auth=bearer ${unsecuredToken(nowMs)}\x01\x01`),
      question,
    ),
    sasl('OAUTHBEARER, no words', handshake('OAUTHBEARER'), authenticate('n,,\x01\x01')),
    sasl('OAUTHBEARER, nothing', handshake('OAUTHBEARER'), authenticate('')),
    sasl(
      'a token that ends soon',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { exp: seconds + 3 })),
      question,
      { waitMs: 4000 },
      question,
    ),
    sasl('authenticated twice', handshake('PLAIN'), authenticate(plain), authenticate(plain), question),
    sasl(
      'another handshake where sessions do not end',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      question,
    ),
    at(
      'SHORT',
      'another handshake, soon',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      authenticate(plain),
      question,
    ),
    at(
      'SHORT',
      'a third handshake, at once',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      question,
    ),
    at(
      'SHORT',
      'a third handshake, later',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      authenticate(plain),
      { waitMs: 1200 },
      handshake('PLAIN'),
      authenticate(plain),
      question,
    ),
    at(
      'SHORT',
      'another mechanism later, the same user',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { sub: alice })),
      question,
    ),
    at('SHORT', 'another mechanism later', handshake('PLAIN'), authenticate(plain), handshake('SCRAM-SHA-256')),
    at('SHORT', 'a mechanism that is not served, later', handshake('PLAIN'), authenticate(plain), handshake('GSSAPI')),
    sasl(
      'another user later',
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs)),
      handshake('OAUTHBEARER'),
      bearer(unsecuredToken(nowMs, { sub: 'dave' })),
      question,
    ),
    at(
      'SHORT',
      'a wrong password later',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      authenticate(`\0${alice}\0wrong`),
      question,
    ),
    at(
      'SHORT',
      'a question in the middle of the second time',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      question,
    ),
    at(
      'SHORT',
      'versions in the middle of the second time',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN'),
      apiVersions,
    ),
    at(
      'SHORT',
      'the second time by version 0',
      handshake('PLAIN'),
      authenticate(plain),
      handshake('PLAIN', 0),
      token(plain),
      question,
    ),
    sasl('versions when it is known who asks', handshake('PLAIN'), authenticate(plain), apiVersions, question),
    at('SHORT', 'a session', handshake('PLAIN'), authenticate(plain), question),
    at(
      'SHORT',
      'a session in version 0',
      handshake('PLAIN'),
      authenticate(plain, 0),
      question,
      { waitMs: 2 * shortSessionMs },
      question,
    ),
    at(
      'SHORT',
      'a session that is over',
      handshake('PLAIN'),
      authenticate(plain),
      { waitMs: 2 * shortSessionMs },
      question,
    ),
    at(
      'SHORT',
      'a session that is over, and versions are asked',
      handshake('PLAIN'),
      authenticate(plain),
      { waitMs: 2 * shortSessionMs },
      apiVersions,
    ),
    at(
      'SHORT',
      'a session that is over begins anew',
      handshake('PLAIN'),
      authenticate(plain),
      { waitMs: 2 * shortSessionMs },
      handshake('PLAIN'),
      authenticate(plain),
      question,
    ),
    at(
      'SHORT',
      'a raw session that is over',
      handshake('PLAIN', 0),
      token(plain),
      { waitMs: 2 * shortSessionMs },
      question,
    ),
    at('SHORT', 'a session of SCRAM', handshake('SCRAM-SHA-256'), scramFirst(), proof('sha256'), question),
    at('PLAINTEXT', 'a handshake where nobody asks', handshake('PLAIN'), question),
    at('PLAINTEXT', 'a handshake of version 0 where nobody asks', handshake('PLAIN', 0), question),
    at('PLAINTEXT', 'authenticate where nobody asks', authenticate(plain), question),
    at('PLAINTEXT', 'authenticate of version 0 where nobody asks', authenticate(plain, 0), question),
  ]
}
