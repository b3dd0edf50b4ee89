import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError, defineConfig } from '@dorsale/base'
import { securityRows } from '../config/security-rows.ts'
import { tlsSettings } from './tls-settings.ts'

const table = defineConfig(securityRows)
const certificate = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n'
const key = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nQUJD\n-----END ENCRYPTED PRIVATE KEY-----\n'

const files: Record<string, string> = {
  '/trust.pem': certificate,
  '/identity.pem': key + certificate,
  '/id.p12': 'pfx',
}
const disk = {
  readFileSync(path: string): Uint8Array {
    if (files[path] === undefined) throw new DiskError('ENOENT', 'read', path)
    return Buffer.from(files[path])
  },
}

function read(settings: Record<string, string>) {
  return tlsSettings(table.parse(new Map(Object.entries(settings))).config, disk)
}

test('without settings, the authorities of the runtime are trusted, and the host must be named', () => {
  assert.deepEqual(read({}), { verifiesHost: true, versionMin: 'TLSv1.2', versionMax: 'TLSv1.3' })
})

test('certificates and keys come from files or from the settings', () => {
  const store = { 'ssl.truststore.type': 'pem', 'ssl.keystore.type': 'PEM', 'ssl.key.password': 'p' }
  const identity = { certificateChain: certificate, privateKey: key, passphrase: 'p' }
  const inFiles = read({ ...store, 'ssl.truststore.location': '/trust.pem', 'ssl.keystore.location': '/identity.pem' })
  assert.deepEqual([inFiles.trustedCertificates, inFiles.identity], [certificate, identity])
  const flat = (pem: string) => pem.replaceAll('\n', ' ')
  const inline = read({
    ...store,
    'ssl.truststore.certificates': flat(certificate),
    'ssl.keystore.key': flat(key),
    'ssl.keystore.certificate.chain': certificate + certificate,
  })
  assert.deepEqual(inline.identity, { ...identity, certificateChain: certificate + certificate })
  assert.equal(inline.trustedCertificates, certificate)
  const pfx = read({ 'ssl.keystore.type': 'PKCS12', 'ssl.keystore.location': '/id.p12', 'ssl.keystore.password': 's' })
  assert.deepEqual(pfx.identity, { pfx: Buffer.from('pfx'), passphrase: 's' })
})

test('versions and ciphers are those of the runtime, by their own names', () => {
  const old = read({
    'ssl.protocol': 'TLSv1.2',
    'ssl.cipher.suites': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_256_CBC_SHA',
    'ssl.endpoint.identification.algorithm': '',
  })
  assert.deepEqual([old.versionMin, old.versionMax, old.verifiesHost], ['TLSv1.2', 'TLSv1.2', false])
  assert.equal(old.ciphers, 'ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_256_GCM_SHA384:AES256-SHA')
  assert.equal(read({ 'ssl.enabled.protocols': 'TLSv1.3', 'ssl.protocol': 'TLS' }).versionMin, 'TLSv1.3')
})

test('what cannot be read is said, with what to do', () => {
  for (const [settings, sentence] of [
    [{ 'ssl.truststore.location': '/t.jks' }, /JKS cannot be read here.*keytool -importkeystore -srckeystore \/t.jks/],
    [{ 'ssl.truststore.location': '/t', 'ssl.truststore.type': 'PKCS12' }, /openssl pkcs12 -in \/t -nokeys/],
    [{ 'ssl.keystore.location': '/k.jks' }, /keytool -importkeystore -srckeystore \/k.jks .*PKCS12/],
    [{ 'ssl.truststore.location': '/gone', 'ssl.truststore.type': 'PEM' }, /cannot read \/gone: ENOENT/],
    [{ 'ssl.truststore.certificates': 'odd', 'ssl.truststore.type': 'PEM' }, /there is no certificate in PEM/],
    [{ 'ssl.keystore.key': key, 'ssl.keystore.type': 'PEM' }, /a key needs ssl.keystore.certificate.chain/],
    [{ 'ssl.keystore.location': '/trust.pem', 'ssl.keystore.type': 'PEM' }, /there is no private key in PEM/],
    [{ 'ssl.enabled.protocols': 'SSLv3' }, /'SSLv3' is none of TLSv1/],
    [{ 'ssl.protocol': 'SSL' }, /'SSL' is not known/],
    [{ 'ssl.cipher.suites': 'TLS_NULL_WITH_NULL_NULL' }, /'TLS_NULL_WITH_NULL_NULL' is not known/],
    [{ 'ssl.endpoint.identification.algorithm': 'ldaps' }, /neither https nor empty/],
  ] as const) {
    assert.throws(() => read(settings as unknown as Record<string, string>), {
      code: 'DORSALE_CONFIG',
      message: sentence,
    })
  }
})
