import * as net from 'node:net'
import { assert } from '../assert.ts'
import type { ConnectOptions, Listener, ListenOptions, Net, Socket, SocketHandler } from '../net.ts'
import { lookupAvoiding } from './address-lookup.ts'
import { NodeSocket, netErrorOf } from './node-socket.ts'
import { connectTls, tlsProblem } from './node-tls.ts'

/**
 * The machine's TCP. Nagle's algorithm is off: what is to travel together is written together. Keep-alive probes are on, so that a peer that
 * vanished is noticed after the kernel's time (two hours by default) even where nobody sets a timer.
 */
export const nodeNet: Net = {
  async listen({ host, port, backlog = 511, onError, tls }: ListenOptions, onConnection): Promise<Listener> {
    let accept = (socket: net.Socket): void => onConnection(new NodeSocket(socket))
    if (tls !== undefined) {
      const { TlsAcceptor } = await import('./node-tls-listener.ts')
      const acceptor = new TlsAcceptor(tls, onConnection)
      accept = socket => acceptor.accept(socket)
    }
    return new Promise((resolve, reject) => {
      const server = net.createServer(tcpOptions, accept)
      server.once('error', error => reject(netErrorOf(error, `cannot listen on ${host}:${port}`)))
      server.listen({ host, port, backlog }, () => {
        server.removeAllListeners('error')
        server.on('error', error => onError?.(netErrorOf(error, `cannot accept a connection on ${host}:${port}`)))
        resolve(new NodeListener(server))
      })
    })
  },

  connect({ host, port, avoidAddress, tls: tlsOptions, readInto }: ConnectOptions, handler: SocketHandler): Socket {
    let socket: NodeSocket
    const onread = readInto && {
      buffer: () => {
        const { buffer, byteOffset, length } = readInto()
        return Buffer.from(buffer, byteOffset, length)
      },
      callback: (count: number, buffer: Uint8Array) => {
        socket.deliver(buffer.subarray(0, count))
        return true
      },
    }
    const more = {
      ...(onread !== undefined && { onread }),
      ...(avoidAddress !== undefined && { lookup: lookupAvoiding(avoidAddress) }),
    }
    const subject = `cannot connect to ${host}:${port}`
    socket =
      tlsOptions === undefined
        ? outgoing(net.connect({ host, port, ...tcpOptions, ...more }), 'connect', subject)
        : outgoing(connectTls({ host, port, ...more }, tlsOptions), 'secureConnect', subject)
    socket.setHandler(handler)
    return socket
  },

  tlsProblem,
}

/**
 * A connection over a socket that somebody else opens, with whatever stands between: `open` makes it, and is given what to call when bytes may be written. Its handler
 * hears what that of `Net.connect` does.
 */
export function adoptSocket(
  open: (onConnect: () => void) => net.Socket,
  subject: string,
  handler: SocketHandler,
): Socket {
  let onOpen: (() => void) | undefined
  let isOpen = false
  const raw = open(() => {
    isOpen = true
    onOpen?.()
  })
  const socket = new NodeSocket(raw, {
    subject,
    whenOpen(listener) {
      onOpen = listener
      // Handlers are called in later turns.
      if (isOpen) queueMicrotask(listener)
    },
  })
  socket.setHandler(handler)
  return socket
}

const tcpOptions = { noDelay: true, keepAlive: true, allowHalfOpen: false }

function outgoing(socket: net.Socket, openEvent: 'connect' | 'secureConnect', subject: string): NodeSocket {
  return new NodeSocket(socket, { subject, whenOpen: listener => socket.once(openEvent, listener) })
}

class NodeListener implements Listener {
  readonly host: string
  readonly port: number
  readonly #server: net.Server

  constructor(server: net.Server) {
    const address = server.address()
    assert(typeof address === 'object' && address !== null, 'a TCP server has an address')
    this.host = address.address
    this.port = address.port
    this.#server = server
  }

  close(): Promise<void> {
    // The port is free when `close` returns; its callback would wait for the last accepted connection.
    this.#server.close()
    return Promise.resolve()
  }
}
