import type { Net, Socket } from '@dorsale/base'
import type { Host } from './process.ts'

/** A host whose accepted connections do what `wrap` says, and everything else as before. */
export function withSockets(host: Host, wrap: (socket: Socket) => Partial<Socket>): Host {
  const net: Net = {
    connect: (options, handler) => host.net.connect(options, handler),
    listen: (options, onConnection) =>
      host.net.listen(options, socket => onConnection(delegateSocket(socket, wrap(socket)))),
  }
  return { ...host, net }
}

function delegateSocket(socket: Socket, wrapped: Partial<Socket>): Socket {
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
    setHandler: wrapped.setHandler ?? (handler => socket.setHandler(handler)),
    write: wrapped.write ?? (chunks => socket.write(chunks)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.end(),
    destroy: error => socket.destroy(error),
  }
}
