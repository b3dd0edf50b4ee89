/**
 * SCRAM (RFC 5802, 7677), the broker's side: the client proves that it knows the password, of which the broker has but what cannot be turned back.
 *
 *     client first   n,[a=<name>],[m=...,]n=<name>,r=<client nonce>[,extensions]
 *     server first   r=<client nonce><server nonce>,s=<salt>,i=<iterations>
 *     client final   c=<header>,r=<both nonces>,p=<proof>
 *     server final   v=<signature>
 *
 * Who is not known is asked for a proof as everybody, with a salt that is always the same for the name, and fails like one with a wrong password. Kafka fails him at
 * once, and so tells who is known.
 */
import { digest, equalSecrets, hmac, type Prng } from '@dorsale/base'
import { type ScramMechanism, scramDigests, scramIterations } from '@dorsale/transport/security'
import { invalidCredentials, otherIdentity, type SaslServerExchange } from './exchange.ts'

/** What is kept of a password. */
export interface ScramCredential {
  readonly salt: Uint8Array
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
  readonly iterations: number
}

export interface ScramServerOptions {
  readonly mechanism: ScramMechanism
  readonly prng: Prng
  find(user: string): ScramCredential | undefined
  /** What the salts of strangers are made of. */
  readonly decoySecret: Uint8Array
}

const nonceBytes = 18
const decoySaltBytes = 20

const name = '(?:[^=,\\0]|=2C|=3D)+'
/** Channel binding (`p=`) and clients that would have bound (`y`) are refused, as by Kafka. */
const clientFirst = new RegExp(
  `^(?<header>n,(?:a=(?<identity>${name}))?,)(?:m=[^,]*,)?n=(?<user>${name}),r=(?<nonce>[!-+\\--~]+)(?<extensions>(?:,[A-Za-z]+=[^,]*)*)$`,
)
const clientFinal = /^(?<withoutProof>c=[A-Za-z0-9+/=]+,r=(?<nonce>[!-+\--~]+)),p=(?<proof>[A-Za-z0-9+/=]+)$/

/** `nonce`: for tests that quote an example. Default: drawn at random. */
export function scramServer(
  options: ScramServerOptions,
  nonce = Buffer.from(options.prng.bytes(nonceBytes)).toString('base64url'),
): SaslServerExchange {
  const { mechanism } = options
  const digestName = scramDigests[mechanism]
  let asked: { user: string; credential: ScramCredential | undefined; both: string; message: string } | undefined

  const ask = (text: string): string => {
    const groups = clientFirst.exec(text)?.groups
    if (groups === undefined) throw invalidCredentials(mechanism)
    const user = unescapeName(groups.user ?? '')
    const identity = unescapeName(groups.identity ?? '')
    // Delegation tokens are not served: who shows one is a stranger.
    const isToken = /,tokenauth=true(?:,|$)/.test(groups.extensions ?? '')
    const credential = isToken ? undefined : options.find(user)
    if (identity !== '' && identity !== user) throw otherIdentity()
    const both = `${groups.nonce}${nonce}`
    const { salt, iterations } = credential ?? decoy(options, user)
    const first = `r=${both},s=${Buffer.from(salt).toString('base64')},i=${iterations}`
    asked = { user, credential, both, message: `${text.slice(groups.header?.length)},${first}` }
    return first
  }

  const check = (text: string, { user, credential, both, message }: NonNullable<typeof asked>) => {
    const groups = clientFinal.exec(text)?.groups
    // librdkafka before 2.6 puts its own nonce before both once more. Kafka refuses it from 4 on; the proof covers it.
    if (groups?.nonce?.endsWith(both) !== true) throw invalidCredentials(mechanism)
    const signed = Buffer.from(`${message},${groups.withoutProof}`)
    const storedKey = credential?.storedKey ?? hmac(digestName, options.decoySecret, signed)
    const signature = hmac(digestName, storedKey, signed)
    const proof = Buffer.from(groups.proof ?? '', 'base64')
    const clientKey = signature.map((byte, index) => byte ^ (proof[index] ?? 0))
    const isRight = proof.length === signature.length && equalSecrets(digest(digestName, clientKey), storedKey)
    if (!isRight || credential === undefined) throw invalidCredentials(mechanism)
    const reply = `v=${Buffer.from(hmac(digestName, credential.serverKey, signed)).toString('base64')}`
    return { reply: Buffer.from(reply), proved: { name: user } }
  }

  return {
    next(said) {
      const text = Buffer.from(said).toString()
      return asked === undefined ? { reply: Buffer.from(ask(text)) } : check(text, asked)
    },
  }
}

function decoy({ decoySecret }: ScramServerOptions, user: string): Pick<ScramCredential, 'salt' | 'iterations'> {
  const salt = hmac('sha256', decoySecret, Buffer.from(user)).subarray(0, decoySaltBytes)
  return { salt, iterations: scramIterations.min }
}

function unescapeName(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=')
}
