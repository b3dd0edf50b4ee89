import type { Socket } from './net.ts'

/** A socket that does what `instead` says, and everything else as the one behind it. */
export function delegateSocket(socket: Socket, instead: Partial<Pick<Socket, 'setHandler' | 'write'>>): Socket {
  return {
    get localAddress() {
      return socket.localAddress
    },
    get localPort() {
      return socket.localPort
    },
    get remoteAddress() {
      return socket.remoteAddress
    },
    get remotePort() {
      return socket.remotePort
    },
    get bufferedBytes() {
      return socket.bufferedBytes
    },
    get peerCertificate() {
      return socket.peerCertificate
    },
    // Whoever listens to what arrives may keep it.
    givesMemoryAway: instead.setHandler === undefined && socket.givesMemoryAway === true,
    setHandler: instead.setHandler ?? (handler => socket.setHandler(handler)),
    write: instead.write ?? (chunks => socket.write(chunks)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.end(),
    destroy: error => socket.destroy(error),
  }
}
