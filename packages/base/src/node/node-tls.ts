import { createRequire } from 'node:module'
import * as net from 'node:net'
import type * as tls from 'node:tls'
import { lazily } from '../lazily.ts'
import type { TlsClientOptions, TlsMaterial, TlsServerOptions } from '../net.ts'

/** Loaded with the first connection that asks for it: 12 of the 135 ms of CPU that the start of a broker took, which makes none. */
export const nodeTls = lazily((): typeof tls => createRequire(import.meta.url)('node:tls'))

export function connectTls(peer: tls.ConnectionOptions & { host: string }, options: TlsClientOptions): net.Socket {
  const { host } = peer
  try {
    const socket = nodeTls().connect({
      ...peer,
      // An address is no name that a peer could be asked for.
      servername: net.isIP(host) === 0 ? host : '',
      ...contextOf(options),
      ...(!options.verifiesHost && { checkServerIdentity: () => undefined }),
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true)
    return socket
  } catch (error) {
    // A key that cannot be read, a cipher that nobody knows: heard like any other failure of the connection.
    return new net.Socket().destroy(error as Error)
  }
}

/** `Net.tlsProblem`. */
export function tlsProblem(options: TlsServerOptions): string | undefined {
  try {
    nodeTls().createSecureContext(contextOf(options))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** For a context of Node's. */
export function contextOf({ versionMin, versionMax, trustedCertificates, ciphers, identity }: TlsMaterial) {
  const passphrase = identity?.passphrase === undefined ? {} : { passphrase: identity.passphrase }
  return {
    minVersion: versionMin,
    maxVersion: versionMax,
    ...(trustedCertificates !== undefined && { ca: trustedCertificates }),
    ...(ciphers !== undefined && { ciphers }),
    ...(identity !== undefined && 'pfx' in identity && { pfx: Buffer.from(identity.pfx), ...passphrase }),
    ...(identity !== undefined &&
      'privateKey' in identity && { cert: identity.certificateChain, key: identity.privateKey, ...passphrase }),
  } satisfies tls.SecureContextOptions
}
