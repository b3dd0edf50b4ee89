import assert from 'node:assert/strict'
import { type AddressInfo, connect } from 'node:net'
import { describe, test } from 'node:test'
import * as tls from 'node:tls'
import { TlsError } from '../errors.ts'
import type { Net, SocketHandler, TlsClientOptions, TlsServerOptions } from '../net.ts'
import { localhostCertificate, localhostKey, strangerCertificate } from '../testing/certificates.ts'
import { netContract } from '../testing/net-contract.ts'
import { nodeClock } from './node-clock.ts'
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

const identity = { certificateChain: localhostCertificate, privateKey: localhostKey }
const serving: TlsServerOptions = { identity, clientAuth: 'none', versionMin: 'TLSv1.2', versionMax: 'TLSv1.3' }
const anyName = { ...trusting, verifiesHost: false }

describe('over TLS, on both sides:', () => {
  const net: Net = {
    listen: (options, onConnection) => nodeNet.listen({ ...options, tls: () => serving }, onConnection),
    connect: (options, handler) => nodeNet.connect({ ...options, tls: anyName }, handler),
  }
  netContract(body => body(net, '127.0.0.1', nodeClock), { takesAtOnce: false })
})

/** What a listener and a client with these settings make of each other; the listener says `hello` when it is spoken to. */
async function meet(server: TlsServerOptions, client: Partial<TlsClientOptions> = {}) {
  const told = Promise.withResolvers<{ certificate: Uint8Array | undefined; error: Error | undefined }>()
  const listener = await nodeNet.listen({ host: '127.0.0.1', port: 0, tls: () => server }, socket => {
    let certificate: Uint8Array | undefined
    socket.setHandler({
      onData() {
        certificate = socket.peerCertificate
        socket.write([Buffer.from('hello')])
        socket.end()
      },
      onClose: error => told.resolve({ certificate, error }),
    })
  })
  const heard = new Promise<string>(resolve => {
    let text = ''
    const handler: SocketHandler = {
      onData: chunk => {
        text += Buffer.from(chunk).toString()
      },
      onClose: error => resolve(error instanceof TlsError ? error.reason : text),
    }
    nodeNet
      .connect({ host: '127.0.0.1', port: listener.port, tls: { ...anyName, ...client } }, handler)
      .write([Buffer.from('?')])
  })
  const [text, { certificate, error }] = await Promise.all([heard, told.promise])
  await listener.close()
  return {
    text,
    certificate: certificate === undefined ? undefined : certificate.length > 0,
    isRefused: error instanceof TlsError,
  }
}

describe('a listener over TLS', () => {
  const asking = { ...serving, trustedCertificates: localhostCertificate }
  const stranger = { ...asking, trustedCertificates: strangerCertificate }

  test('asks nobody, or takes who shows no certificate, or who shows one that it trusts', async () => {
    const served = { text: 'hello', isRefused: false }
    assert.deepEqual(await meet(serving, { identity }), { ...served, certificate: undefined })
    for (const clientAuth of ['requested', 'required'] as const) {
      assert.deepEqual(await meet({ ...asking, clientAuth }, { identity }), { ...served, certificate: true })
    }
    assert.deepEqual(await meet({ ...asking, clientAuth: 'requested' }), { ...served, certificate: undefined })
  })

  test('refuses who shows none where it must, and one that it does not trust wherever it asks', async () => {
    assert.equal((await meet({ ...asking, clientAuth: 'required' })).isRefused, true)
    for (const clientAuth of ['requested', 'required'] as const) {
      const { text, isRefused } = await meet({ ...stranger, clientAuth }, { identity })
      assert.equal(isRefused, true)
      assert.notEqual(text, 'hello')
    }
  })

  test('speaks another TLS to those that come after its settings have changed', async () => {
    let options: TlsServerOptions = { ...serving, versionMax: 'TLSv1.2' }
    const listener = await nodeNet.listen({ host: '127.0.0.1', port: 0, tls: () => options }, socket =>
      socket.setHandler({ onData: () => socket.write([Buffer.from('hello')]), onClose() {} }),
    )
    const versionSpoken = () =>
      new Promise<string | null>((resolve, reject) => {
        const socket = tls.connect({ host: '127.0.0.1', port: listener.port, rejectUnauthorized: false }, () => {
          resolve(socket.getProtocol())
          socket.destroy()
        })
        socket.on('error', reject)
      })
    assert.equal(await versionSpoken(), 'TLSv1.2')
    options = { ...serving, versionMin: 'TLSv1.3' }
    assert.equal(await versionSpoken(), 'TLSv1.3')
    await listener.close()
  })

  test('is not begun with what it cannot speak, and says what that is', async () => {
    const odd = { ...serving, identity: { certificateChain: 'odd', privateKey: 'odd' } }
    await assert.rejects(
      nodeNet.listen({ host: '127.0.0.1', port: 0, tls: () => odd }, () => {}),
      TlsError,
    )
    assert.match(nodeNet.tlsProblem?.(odd) ?? '', /PEM/)
    assert.equal(nodeNet.tlsProblem?.(serving), undefined)
  })

  test('hears of a client that speaks no TLS, or that goes in the middle of the handshake', async () => {
    const ends: (Error | undefined)[] = []
    let wake = () => {}
    const listener = await nodeNet.listen({ host: '127.0.0.1', port: 0, tls: () => serving }, socket =>
      socket.setHandler({
        onData: () => assert.fail('nothing is delivered before the handshake'),
        onClose: error => {
          ends.push(error)
          wake()
        },
      }),
    )
    for (const [bytes, goes] of [
      ['GET / HTTP/1.1\r\n\r\n', false],
      // A handshake of 512 bytes, of which one comes.
      [Buffer.from('160301020001', 'hex'), true],
    ] as const) {
      const ended = new Promise<void>(resolve => {
        wake = resolve
      })
      const client = connect(listener.port, '127.0.0.1')
      client.on('error', () => {})
      client.write(bytes)
      if (goes) client.end()
      await ended
      client.destroy()
      assert.ok(ends.pop() instanceof TlsError)
    }
    await listener.close()
  })
})
