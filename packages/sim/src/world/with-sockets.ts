import { delegateSocket, type Net, type Socket } from '@dorsale/base'
import type { Host } from './process.ts'

/** A host whose accepted connections do what `wrap` says, and everything else as before. */
export function withSockets(host: Host, wrap: (socket: Socket) => Parameters<typeof delegateSocket>[1]): Host {
  const net: Net = {
    connect: (options, handler) => host.net.connect(options, handler),
    listen: (options, onConnection) =>
      host.net.listen(options, socket => onConnection(delegateSocket(socket, wrap(socket)))),
  }
  return { ...host, net }
}
