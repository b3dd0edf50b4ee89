/** What a client brings to TLS, and asks of brokers, from Kafka's `ssl.*` settings. */
import {
  ConfigError,
  type ConfigProblem,
  type Disk,
  DiskError,
  type TlsClientOptions,
  type TlsVersion,
} from '@dorsale/base'
import type { SecurityConfig } from '../config/security-rows.ts'
import { openSslCipher } from './cipher-suites.ts'
import { pemBlocks } from './pem.ts'

const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/**
 * Reads settings and the files that they name. Throws a `ConfigError` with what cannot be. Called for each connection, so that certificates that were
 * renewed take effect.
 */
export function tlsSettings(config: SecurityConfig, disk: Pick<Disk, 'readFileSync'> | undefined): TlsClientOptions {
  const problems: ConfigProblem[] = []
  const say = (key: string, message: string) => problems.push({ key, message: `${key}: ${message}` })
  const read = (key: string, path: string): Uint8Array => {
    if (disk === undefined) {
      say(key, 'this client has no disk to read files from')
      return new Uint8Array()
    }
    try {
      return disk.readFileSync(path)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      say(key, error.message)
      return new Uint8Array()
    }
  }
  const trustedCertificates = trustOf(config, read, say)
  const identity = identityOf(config, read, say)
  const ciphers = config['ssl.cipher.suites'].flatMap(name => {
    const known = openSslCipher(name)
    if (known === undefined) say('ssl.cipher.suites', `'${name}' is not known`)
    return known ?? []
  })
  const algorithm = config['ssl.endpoint.identification.algorithm'].toLowerCase()
  if (algorithm !== '' && algorithm !== 'https') {
    say('ssl.endpoint.identification.algorithm', `'${algorithm}' is neither https nor empty`)
  }
  const [versionMin, versionMax] = versionsOf(config, say)
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    verifiesHost: algorithm === 'https',
    versionMin,
    versionMax,
    ...(trustedCertificates !== undefined && { trustedCertificates }),
    ...(identity !== undefined && { identity }),
    ...(ciphers.length > 0 && { ciphers: ciphers.join(':') }),
  }
}

type Read = (key: string, path: string) => Uint8Array
type Say = (key: string, message: string) => void

function trustOf(config: SecurityConfig, read: Read, say: Say): string | undefined {
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
  const pem = given === null ? Buffer.from(read(key, text)).toString('latin1') : text
  const certificates = pemBlocks(pem, 'CERTIFICATE')
  if (certificates === '') say(key, 'there is no certificate in PEM')
  return certificates
}

function convertTrust(type: string, path: string | null): string {
  const file = path ?? 'truststore'
  if (type === 'PKCS12') return `openssl pkcs12 -in ${file} -nokeys -out truststore.pem`
  return `keytool -importkeystore -srckeystore ${file} -destkeystore truststore.p12 -deststoretype PKCS12, then openssl pkcs12 -in truststore.p12 -nokeys -out truststore.pem`
}

function identityOf(config: SecurityConfig, read: Read, say: Say): TlsClientOptions['identity'] {
  const type = config['ssl.keystore.type'].toUpperCase()
  const path = config['ssl.keystore.location']
  const [key, chain] = [config['ssl.keystore.key'], config['ssl.keystore.certificate.chain']]
  if (key === null && chain === null && path === null) return undefined
  if (type === 'PKCS12' && path !== null) {
    const password = config['ssl.keystore.password'] ?? config['ssl.key.password']
    const pfx = read('ssl.keystore.location', path)
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
  const file = path === null ? '' : Buffer.from(read('ssl.keystore.location', path)).toString('latin1')
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

function versionsOf(config: SecurityConfig, say: Say): [TlsVersion, TlsVersion] {
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
