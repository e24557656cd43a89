// The suite of providers on the scripted one.
import { test } from 'node:test'
import { createScriptedProvider } from '@nanoclaw/container-runtime'
import { providerConformance } from '@nanoclaw/container-runtime/testing'

const texts = { ordinaryText: 'hello', endlessText: '!hang', toolText: '!call look' }
const make = () => createScriptedProvider({ crash: () => {} })
for (const { name, run } of providerConformance(make, texts)) test(name, run)
