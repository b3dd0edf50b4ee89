import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import * as tls from 'node:tls'
import { TlsError } from '../errors.ts'
import type { TlsClientOptions } from '../net.ts'
import { localhostCertificate, localhostKey, strangerCertificate } from '../testing/certificates.ts'
import { nodeNet } from './node-net.ts'

const trusting: TlsClientOptions = {
  trustedCertificates: localhostCertificate,
  verifiesHost: true,
  versionMin: 'TLSv1.2',
  versionMax: 'TLSv1.3',
}

/** Says `hello` over TLS; answers the server's echo, the version that was spoken and who the client was to the server. */
async function greet(options: TlsClientOptions, server: tls.TlsOptions = {}, host = 'localhost') {
  const seen: { version?: string | null; client?: unknown } = {}
  const listener = tls.createServer({ cert: localhostCertificate, key: localhostKey, ...server }, socket => {
    seen.version = socket.getProtocol()
    seen.client = socket.getPeerCertificate().subject?.CN
    socket.pipe(socket)
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>(resolve => listener.listen(0, 'localhost', resolve))
  const { port } = listener.address() as AddressInfo
  try {
    return await new Promise<{ echo: string; isOpen: boolean } & typeof seen>((resolve, reject) => {
      let isOpen = false
      const buffer = new Uint8Array(100)
      const socket = nodeNet.connect(
        { host, port, tls: options, readInto: () => buffer },
        {
          onConnect: () => {
            isOpen = true
          },
          onData: chunk => {
            resolve({ echo: Buffer.from(chunk).toString(), isOpen, ...seen })
            socket.destroy()
          },
          onClose: error => reject(error ?? new Error('closed')),
        },
      )
      socket.write([Buffer.from('hel'), Buffer.from('lo')])
    })
  } finally {
    await new Promise(resolve => listener.close(resolve))
  }
}

test('what is written before the handshake arrives after it, in the version that both sides speak', async () => {
  const found = await greet(trusting)
  assert.deepEqual([found.echo, found.isOpen, found.version], ['hello', true, 'TLSv1.3'])
  const older = await greet({ ...trusting, versionMax: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })
  assert.equal(older.version, 'TLSv1.2')
})

test('a client shows its certificate to a server that asks for it', async () => {
  const asking = { requestCert: true, rejectUnauthorized: true, ca: localhostCertificate }
  const identity = { certificateChain: localhostCertificate, privateKey: localhostKey }
  assert.equal((await greet({ ...trusting, identity }, asking)).client, 'localhost')
  await assert.rejects(greet(trusting, asking), TlsError)
})

test('whoever cannot be trusted, does not have the name, or speaks another TLS is refused for good', async () => {
  const { trustedCertificates: _, ...trustingNobody } = trusting
  const reasons: [() => Promise<unknown>, string][] = [
    [() => greet({ ...trusting, trustedCertificates: strangerCertificate }), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [() => greet(trustingNobody), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [() => greet(trusting, {}, '127.0.0.1'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [() => greet(trusting, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA' }), 'EPROTO'],
    [() => greet({ ...trusting, ciphers: 'NO-SUCH-CIPHER' }), 'ERR_SSL_NO_CIPHER_MATCH'],
    [
      () => greet({ ...trusting, identity: { certificateChain: 'odd', privateKey: 'odd' } }),
      'ERR_OSSL_PEM_NO_START_LINE',
    ],
  ]
  for (const [attempt, reason] of reasons) {
    await assert.rejects(attempt(), (error: Error) => {
      assert.ok(error instanceof TlsError, error.stack)
      assert.equal(error.retriable, false)
      assert.equal(error.reason, reason)
      return true
    })
  }
  const anyName = await greet({ ...trusting, verifiesHost: false }, {}, '127.0.0.1')
  assert.equal(anyName.echo, 'hello')
})
