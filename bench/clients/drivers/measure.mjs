/**
 * What every driver does: `node <driver> <bootstrap> <job> <options as JSON>` runs one job of its client and prints what it took as one line of JSON.
 *
 * Jobs: `produce`, batches of records, a few under way at once; `await`, one record after the other, each awaited; `consume`, a topic from its beginning by a group.
 * Options: topic, records, size, codec. A job is handed them with `values`, which it sends in turn, and answers what its work alone took: connecting
 * and compiling the first record are no part of it.
 */
export async function measure(jobs) {
  const [bootstrap, name, json] = process.argv.slice(2)
  const options = JSON.parse(json)
  const found = await jobs[name](bootstrap, { ...options, values: valuesOf(options.size ?? 0) })
  // The kernel counts in units of 1024 bytes.
  const peakMb = (process.resourceUsage().maxRSS * 1024) / 1e6
  process.stdout.write(`${JSON.stringify({ ...found, peakMb })}\n`)
  // Some clients keep the process alive for a while after they have been closed.
  process.exit(0)
}

/** What `work` takes: seconds, and seconds of all processors. */
export async function cost(work) {
  const stop = stopwatch()
  await work()
  return stop()
}

function stopwatch() {
  const start = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 }
  }
}

/** Sends `records` records as arrays of about 600 KB, with five of them under way: six partitions get batches of about 100 KB. */
export async function inBatches({ records, size, values }, send) {
  const perBatch = Math.min(records, Math.max(1, Math.floor(600_000 / size)))
  let sent = 0
  const lane = async () => {
    while (sent < records) {
      const count = Math.min(perBatch, records - sent)
      const messages = Array.from({ length: count }, (_, index) => ({ value: values[(sent + index) % values.length] }))
      sent += count
      await send(messages)
    }
  }
  await Promise.all([lane(), lane(), lane(), lane(), lane()])
}

/**
 * Counts records, from when a consumer sets out until the last has come: one that opens a whole answer before it hands out the first record has worked by then.
 */
export class Arrival {
  constructor(records) {
    this.stop = stopwatch()
    this.left = records
    this.bytes = 0
    this.done = new Promise(resolve => {
      this.finish = resolve
    })
  }

  /** Each record's value is touched, as an application would. */
  take(value) {
    this.bytes += value.length
    if (--this.left === 0) this.finish(this.stop())
  }
}

/** A hundred values of words and numbers, which compress as JSON does. */
function valuesOf(size) {
  return Array.from({ length: 100 }, (_, index) => {
    let text = ''
    for (let field = 0; text.length < size; field++)
      text += `{"order":${(index * 7919 + field * 104_729) % 1_000_003},"state":"paid","amount":${field * 37}},`
    return Buffer.from(text.slice(0, size))
  })
}
