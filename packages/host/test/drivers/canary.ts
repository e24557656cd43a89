/** Runs with a secret in this process's environment, which must turn up in no container. */
export async function withCanary(run: () => Promise<void>): Promise<void> {
  process.env.NANOCLAW_TEST_CANARY = 'canary-secret'
  try {
    await run()
  } finally {
    delete process.env.NANOCLAW_TEST_CANARY
  }
}
