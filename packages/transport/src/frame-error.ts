/** The peer claims a frame that no peer may send: not Kafka's protocol, or a request above `socket.request.max.bytes`. */
export class FrameError extends Error {
  override readonly name = 'FrameError'

  constructor(size: number, frameBytesMax: number) {
    super(
      size < 0 ? `a frame claims ${size} bytes` : `a frame claims ${size} bytes; at most ${frameBytesMax} are accepted`,
    )
  }
}

/** A size as a frame claims it; throws a `FrameError` when no peer may send that. */
export function checkedFrameSize(size: number, frameBytesMax: number): number {
  if (size < 0 || size > frameBytesMax) throw new FrameError(size, frameBytesMax)
  return size
}
