import { createScriptedProvider } from '../providers/scripted.ts'
import { runRunner } from './run-runner.ts'

runRunner({
  providers: {
    scripted: () => createScriptedProvider({ crash: () => process.exit(1) }),
  },
})
