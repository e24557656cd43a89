import { runRunner } from '@nanoclaw/container-runtime/runner'
import { createWordCount } from './provider.ts'

runRunner({ providers: { 'word-count': createWordCount } })
