import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@nanoclaw/source'] },
  ssr: { resolve: { conditions: ['@nanoclaw/source'] } },
  test: { include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'] },
})
