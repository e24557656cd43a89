export { parseOutput } from './parser/parse-output.ts'
export type {
  OutputBlock,
  OutputProblem,
  ParsedOutput,
  ParseOptions,
} from './parser/parse-output.ts'
export type {
  AgentProvider,
  ProviderEvent,
  ProviderTurn,
  ToolCaller,
  ToolDescription,
  ToolResult,
  TurnBatch,
  TurnInput,
  TurnRow,
  UnreadableContent,
} from './provider.ts'
export { createEventQueue } from './providers/event-queue.ts'
export type { EventQueue } from './providers/event-queue.ts'
export { createScriptedProvider } from './providers/scripted.ts'
export type { ScriptedDeps } from './providers/scripted.ts'
export { runner, runnerEntry, runnerFolder } from './runner-folder.ts'
