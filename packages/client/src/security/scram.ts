/**
 * SCRAM (RFC 5802, 7677): both sides prove that they know the password, and neither says it.
 *
 *     client first   n,,n=<name>,r=<client nonce>[,tokenauth=true]
 *     server first   r=<client nonce><server nonce>,s=<salt>,i=<iterations>
 *     client final   c=biws,r=<both nonces>,p=<proof>
 *     server final   v=<signature>   or   e=<error>
 */
import { digest, equalSecrets, hmac, type Prng } from '@dorsale/base'
import { type ScramMechanism, saltedPassword, scramDigests } from '@dorsale/transport/security'
import { AuthenticationError } from './authentication-error.ts'
import type { SaslExchange } from './sasl-exchange.ts'

export interface ScramCredentials {
  readonly mechanism: ScramMechanism
  readonly username: string
  readonly password: string
  /** The name is the id of a delegation token, and the password its HMAC. */
  readonly isToken: boolean
}

const nonceBytes = 24
/** Fewer are easily broken, and RFC 7677 asks for no fewer. */
const iterationsMin = 4096
/** More would keep this thread busy for long, and a broker that asks for them is not the one that made the credentials. */
const iterationsMax = 100_000

/** `nonce`: for tests that quote an example. Default: drawn at random. */
export function scramExchange(
  credentials: ScramCredentials,
  { prng, nonce = Buffer.from(prng.bytes(nonceBytes)).toString('base64url') }: { prng: Prng; nonce?: string },
): SaslExchange {
  const { mechanism, username, password, isToken } = credentials
  const name = scramDigests[mechanism]
  const firstBare = `n=${escapeName(username)},r=${nonce}${isToken ? ',tokenauth=true' : ''}`
  /** What the broker must sign with when the client has proved itself; undefined: it has not yet. */
  let signature: Uint8Array | undefined

  const prove = (serverFirst: string): Uint8Array => {
    const fields = fieldsOf(serverFirst)
    const [both, salt, iterations] = [fields.get('r'), fields.get('s'), Number(fields.get('i'))]
    if (fields.has('m')) throw refusal('asks for an extension that this client does not know')
    if (both === undefined || salt === undefined || !both.startsWith(nonce) || both.length === nonce.length) {
      throw refusal('does not answer the question that was put')
    }
    if (!(iterations >= iterationsMin && iterations <= iterationsMax)) {
      throw refusal(`wants ${fields.get('i')} iterations; ${iterationsMin} to ${iterationsMax} are taken`)
    }
    const salted = saltedPassword(mechanism, Buffer.from(password), { salt: Buffer.from(salt, 'base64'), iterations })
    const withoutProof = `c=biws,r=${both}`
    const message = Buffer.from(`${firstBare},${serverFirst},${withoutProof}`)
    const clientKey = hmac(name, salted, Buffer.from('Client Key'))
    const clientSignature = hmac(name, digest(name, clientKey), message)
    const proof = clientKey.map((byte, index) => byte ^ clientSignature[index]!)
    signature = hmac(name, hmac(name, salted, Buffer.from('Server Key')), message)
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`)
  }

  const verify = (serverFinal: string, expected: Uint8Array): undefined => {
    const fields = fieldsOf(serverFinal)
    const error = fields.get('e')
    if (error !== undefined) throw refusal(`does not believe the proof: ${error}`)
    if (!equalSecrets(Buffer.from(fields.get('v') ?? '', 'base64'), expected)) {
      throw refusal('cannot prove that it knows the password: it may be another than it seems')
    }
  }

  const refusal = (sentence: string) => new AuthenticationError(`${mechanism}: the broker ${sentence}`)

  return {
    first: () => Buffer.from(`n,,${firstBare}`),
    next(challenge) {
      const text = Buffer.from(challenge).toString()
      return signature === undefined ? prove(text) : verify(text, signature)
    },
  }
}

/** Signs that separate have names of their own. */
function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C')
}

function fieldsOf(message: string): Map<string, string> {
  return new Map(message.split(',').map(field => [field.slice(0, 1), field.slice(2)]))
}
