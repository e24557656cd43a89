import { test } from 'node:test'
import { providerConformance } from '@nanoclaw/container-runtime/testing'
import { createWordCount } from './provider.ts'

const cases = providerConformance(createWordCount, { ordinaryText: 'one two three' })
for (const { name, run } of cases) void test(name, run)
