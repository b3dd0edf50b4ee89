/** What one side brings to TLS, from Kafka's `ssl.*` settings, which are the same for clients and brokers. */
import {
  type ConfigProblem,
  type Disk,
  DiskError,
  type Password,
  type TlsMaterial,
  type TlsVersion,
} from '@dorsale/base'
import { openSslCipher } from './cipher-suites.ts'
import { pemBlocks } from './pem.ts'

/** The settings that are read. */
export interface TlsStoreConfig {
  readonly 'ssl.protocol': string
  readonly 'ssl.enabled.protocols': readonly string[]
  readonly 'ssl.cipher.suites': readonly string[]
  readonly 'ssl.truststore.type': string
  readonly 'ssl.truststore.location': string | null
  readonly 'ssl.truststore.certificates': Password | null
  readonly 'ssl.keystore.type': string
  readonly 'ssl.keystore.location': string | null
  readonly 'ssl.keystore.password': Password | null
  readonly 'ssl.keystore.key': Password | null
  readonly 'ssl.keystore.certificate.chain': Password | null
  readonly 'ssl.key.password': Password | null
}

const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/**
 * Reads settings and the files that they name. `problems` is added to where something cannot be; what is answered is whole only when nothing was. `disk` undefined: there are no files.
 */
export function readTlsMaterial(
  config: TlsStoreConfig,
  disk: Pick<Disk, 'readFileSync'> | undefined,
  problems: ConfigProblem[],
): TlsMaterial {
  const say = (key: string, message: string) => problems.push({ key, message: `${key}: ${message}` })
  const read: Read = (key, path) => {
    if (disk === undefined) {
      say(key, 'this client has no disk to read files from')
      return undefined
    }
    try {
      return disk.readFileSync(path)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      say(key, error.message)
      return undefined
    }
  }
  const trustedCertificates = trustOf(config, read, say)
  const identity = identityOf(config, read, say)
  const ciphers = config['ssl.cipher.suites'].flatMap(name => {
    const known = openSslCipher(name)
    if (known === undefined) say('ssl.cipher.suites', `'${name}' is not known`)
    return known ?? []
  })
  const [versionMin, versionMax] = versionsOf(config, say)
  return {
    versionMin,
    versionMax,
    ...(trustedCertificates !== undefined && { trustedCertificates }),
    ...(identity !== undefined && { identity }),
    ...(ciphers.length > 0 && { ciphers: ciphers.join(':') }),
  }
}

/** Undefined: it cannot be read, and that has been said. */
type Read = (key: string, path: string) => Uint8Array | undefined
type Say = (key: string, message: string) => void

function trustOf(config: TlsStoreConfig, read: Read, say: Say): string | undefined {
  const type = config['ssl.truststore.type'].toUpperCase()
  const given = config['ssl.truststore.certificates']
  const path = config['ssl.truststore.location']
  const [key, text] =
    given === null
      ? ['ssl.truststore.location', path === null ? undefined : path]
      : ['ssl.truststore.certificates', given.value]
  if (text === undefined) return undefined
  if (type !== 'PEM') {
    say(
      'ssl.truststore.type',
      `${type} cannot be read here. Set it to PEM, and make a PEM file: ${convertTrust(type, path)}`,
    )
    return undefined
  }
  const file = given === null ? read(key, text) : Buffer.from(text)
  if (file === undefined) return undefined
  const pem = Buffer.from(file).toString('latin1')
  const certificates = pemBlocks(pem, 'CERTIFICATE')
  if (certificates === '') say(key, 'there is no certificate in PEM')
  return certificates
}

function convertTrust(type: string, path: string | null): string {
  const file = path ?? 'truststore'
  if (type === 'PKCS12') return `openssl pkcs12 -in ${file} -nokeys -out truststore.pem`
  return `keytool -importkeystore -srckeystore ${file} -destkeystore truststore.p12 -deststoretype PKCS12, then openssl pkcs12 -in truststore.p12 -nokeys -out truststore.pem`
}

function identityOf(config: TlsStoreConfig, read: Read, say: Say): TlsMaterial['identity'] {
  const type = config['ssl.keystore.type'].toUpperCase()
  const path = config['ssl.keystore.location']
  const [key, chain] = [config['ssl.keystore.key'], config['ssl.keystore.certificate.chain']]
  if (key === null && chain === null && path === null) return undefined
  if (type === 'PKCS12' && path !== null) {
    const password = config['ssl.keystore.password'] ?? config['ssl.key.password']
    const pfx = read('ssl.keystore.location', path)
    if (pfx === undefined) return undefined
    return password === null ? { pfx } : { pfx, passphrase: password.value }
  }
  if (type !== 'PEM') {
    const convert = `keytool -importkeystore -srckeystore ${path ?? 'keystore'} -destkeystore keystore.p12 -deststoretype PKCS12`
    say('ssl.keystore.type', `${type} cannot be read here. Set it to PKCS12, and make such a file: ${convert}`)
    return undefined
  }
  if (path === null && (key === null || chain === null)) {
    say('ssl.keystore.key', 'a key needs ssl.keystore.certificate.chain, and a chain needs ssl.keystore.key')
    return undefined
  }
  const bytes = path === null ? new Uint8Array() : read('ssl.keystore.location', path)
  if (bytes === undefined) return undefined
  const file = Buffer.from(bytes).toString('latin1')
  const privateKey = pemBlocks(key?.value ?? file, 'PRIVATE KEY')
  const certificateChain = pemBlocks(chain?.value ?? file, 'CERTIFICATE')
  const place = path === null ? 'ssl.keystore.key' : 'ssl.keystore.location'
  if (privateKey === '') say(place, 'there is no private key in PEM')
  if (certificateChain === '') say(place, 'there is no certificate in PEM')
  const passphrase = config['ssl.key.password']
  return passphrase === null
    ? { certificateChain, privateKey }
    : { certificateChain, privateKey, passphrase: passphrase.value }
}

function versionsOf(config: TlsStoreConfig, say: Say): [TlsVersion, TlsVersion] {
  const enabled = config['ssl.enabled.protocols'].filter(name => {
    const isKnown = versions.includes(name as TlsVersion)
    if (!isKnown) say('ssl.enabled.protocols', `'${name}' is none of ${versions.join(', ')}`)
    return isKnown
  }) as TlsVersion[]
  const order = enabled.map(name => versions.indexOf(name))
  // `TLS` leaves it to the enabled versions.
  const newest = versions.indexOf(config['ssl.protocol'] as TlsVersion)
  const [min, max] = order.length === 0 ? [2, 3] : [Math.min(...order), Math.max(...order)]
  const bounded = newest < 0 ? max : Math.min(max, newest)
  if (newest < 0 && config['ssl.protocol'] !== 'TLS') say('ssl.protocol', `'${config['ssl.protocol']}' is not known`)
  return [versions[Math.min(min, bounded)] as TlsVersion, versions[bounded] as TlsVersion]
}
