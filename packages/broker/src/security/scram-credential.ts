import { ConfigError, type Prng } from '@dorsale/base'
import { scramCredentialRecord, scramIterationsMax, scramMechanisms } from '@dorsale/coordinate'
import type { MetadataRecord } from '@dorsale/protocol'

const form = 'SCRAM-SHA-256=[name=alice,iterations=8192,salt="...",password=secret]'
const saltBytes = 32
/** One of the options, whose value may stand in quotes. */
const optionText = /\s*([a-z]+)=(?:"([^"]*)"|([^",\]]*))\s*(?:,|$)/gy

/**
 * The first credentials of a user, as `kafka-storage format --add-scram` takes them: `name`, `password` or `saltedpassword` (in base64, with its `salt`), `iterations` (default: the mechanism's least).
 * Throws a `ConfigError` that shows nothing of what is secret.
 */
export async function parseScramCredential(text: string, prng: Prng): Promise<MetadataRecord> {
  const match = /^(SCRAM-SHA-(?:256|512))=\[(.*)\]$/s.exec(text.trim())
  const options = match === null ? undefined : optionsIn(match[2] as string)
  if (match === null || options === undefined) throw problem(`write it as ${form}`)
  const { name, password, saltedpassword, salt: saltText, iterations: iterationsText, ...others } = options
  const stranger = Object.keys(others)[0]
  if (stranger !== undefined) throw problem(`'${stranger}' is none of name, password, saltedpassword, salt, iterations`)
  if (name === undefined || name === '') throw problem("'name' must be there")
  if ((password === undefined) === (saltedpassword === undefined)) {
    throw problem("one of 'password' and 'saltedpassword' must be there, and not both")
  }
  if (saltedpassword !== undefined && saltText === undefined) throw problem("'saltedpassword' needs its 'salt'")
  const [mechanism, { iterationsMin }] = [...scramMechanisms].find(([, known]) => known.name === match[1])!
  const iterations = Number(iterationsText ?? iterationsMin)
  if (!Number.isInteger(iterations) || iterations < iterationsMin || iterations > scramIterationsMax) {
    throw problem(`'iterations' is a number from ${iterationsMin} to ${scramIterationsMax}`)
  }
  const salt = saltText === undefined ? prng.bytes(saltBytes) : Uint8Array.from(Buffer.from(saltText, 'base64'))
  return scramCredentialRecord({ name, mechanism, salt, iterations, saltedPassword: await salted() })

  async function salted(): Promise<Uint8Array> {
    if (password === undefined) return Uint8Array.from(Buffer.from(saltedpassword as string, 'base64'))
    const { saltedPassword } = await import('@dorsale/transport/security')
    const digestName = match![1] as 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
    return saltedPassword(digestName, Buffer.from(password), { salt, iterations })
  }
}

/** Undefined: they are not `name=value`, separated by commas. */
function optionsIn(text: string): Record<string, string> | undefined {
  const options: Record<string, string> = {}
  optionText.lastIndex = 0
  while (optionText.lastIndex < text.length) {
    const match = optionText.exec(text)
    if (match === null) return undefined
    options[match[1] as string] = match[2] ?? match[3] ?? ''
  }
  return options
}

function problem(sentence: string): ConfigError {
  return new ConfigError([{ key: 'add-scram', message: `--add-scram: ${sentence}.` }])
}
