/**
 * Hears of the rejections that nobody handles while `body` runs, in place of whoever listens otherwise. In a simulated process that was
 * killed in the middle of a turn they are expected (its calls throw, and what awaited them died with it), in any other they
 * are what would end a real process; a test runner would blame both on the test.
 */
export async function withRejections(onRejection: (error: unknown) => void, body: () => Promise<void>): Promise<void> {
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', onRejection)
  try {
    await body()
  } finally {
    process.removeListener('unhandledRejection', onRejection)
    for (const listener of others) process.on('unhandledRejection', listener)
  }
}
