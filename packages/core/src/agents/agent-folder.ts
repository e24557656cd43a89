import { randomBytes } from 'node:crypto'
import { lstat, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HomeLayout } from '@nanoclaw/schema'
import { createFile, finishCreation, makeFolder, replaceFile } from '../files/durable-files.ts'
import { explainFileError, systemCode } from '../files/file-errors.ts'
import type { Agent, AgentFolder } from './types.ts'

const folderMode = 0o755
/** A sandbox's user reads it. */
const instructionsMode = 0o644
const instructionsName = 'AGENTS.md'

/**
 * Makes an agent's folder and its instructions where they are missing. The file has to be there
 * before any container is: a name that is free in the agent's folder is the agent's to take, and
 * what it puts there would be read as the operator's word (X19).
 */
export async function prepareAgentFolder(layout: HomeLayout, agent: Agent): Promise<AgentFolder> {
  const folder = layout.agent(agent.folder)
  const instructions = join(folder, instructionsName)
  await makeFolder(folder, folderMode)
  // Not in the agent's folder, where a container may be at work.
  const temporaryFolder = layout.agents
  await finishCreation({ path: instructions, temporaryFolder })
  const found = await setAsideUnlessPlain(instructions)
  if (found !== 'plain') {
    await createFile({
      path: instructions,
      temporaryFolder,
      bytes: (await staged(layout, agent.id)) ?? Buffer.from(defaultInstructions(agent.name)),
      mode: instructionsMode,
    })
    await unstage(layout, agent.id)
  }
  return { folder, instructions, setAside: typeof found === 'string' ? undefined : found.aside }
}

function stagePath(layout: HomeLayout, agentId: string): string {
  return join(layout.agents, `.${agentId}.md`)
}

/** Keeps what the instructions of an agent are to be until its folder is made; durable. */
export async function stageInstructions(
  layout: HomeLayout,
  agentId: string,
  text: string,
): Promise<void> {
  const bytes = Buffer.from(text.endsWith('\n') ? text : `${text}\n`)
  await makeFolder(layout.agents, folderMode)
  const path = stagePath(layout, agentId)
  await replaceFile({ path, temporaryFolder: layout.agents, bytes, mode: instructionsMode })
}

/** Undefined: nothing was kept. */
async function staged(layout: HomeLayout, agentId: string): Promise<Buffer | undefined> {
  const path = stagePath(layout, agentId)
  try {
    return await readFile(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw explainFileError(error, path)
  }
}

async function unstage(layout: HomeLayout, agentId: string): Promise<void> {
  await rm(stagePath(layout, agentId), { force: true })
}

/**
 * As {@link prepareAgentFolder}, with a session's own folder in place of the agent's. The instructions
 * are copied into it for containers into which nothing is mounted.
 */
export async function prepareWorkspace(
  layout: HomeLayout,
  agent: Agent,
  sessionId: string,
): Promise<AgentFolder> {
  const { instructions, setAside } = await prepareAgentFolder(layout, agent)
  const { workspace: folder, private: temporaryFolder } = layout.session(agent.id, sessionId)
  await makeFolder(folder, folderMode)
  const path = join(folder, instructionsName)
  try {
    const bytes = await readFile(instructions)
    const found = await lstat(path).catch(() => undefined)
    const isPlain = found?.isFile() === true && found.nlink === 1
    if (!isPlain || !bytes.equals(await readFile(path))) {
      // Nothing else of that name is of use to anybody: only containers of this session write here.
      await rm(path, { recursive: true, force: true })
      await replaceFile({ path, temporaryFolder, bytes, mode: instructionsMode })
    }
  } catch (error) {
    throw explainFileError(error, path)
  }
  return { folder, instructions, setAside }
}

/**
 * Renames what is no plain file with one name: a link leads out of the folder, a second name lets
 * an agent write what is mounted read-only.
 */
async function setAsideUnlessPlain(
  path: string,
): Promise<'plain' | 'missing' | { readonly aside: string }> {
  try {
    const found = await lstat(path)
    if (found.isFile() && found.nlink === 1) return 'plain'
    const aside = `${path}.set-aside-${randomBytes(6).toString('hex')}`
    await rename(path, aside)
    return { aside }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'missing'
    throw explainFileError(error, path)
  }
}

function defaultInstructions(name: string): string {
  const plain = name.replaceAll(/\s+/g, ' ')
  return `# ${plain}

You are ${plain}. This file holds your instructions; you can read it, not change it.
`
}
