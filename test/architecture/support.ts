import { parse, sources, type Source } from './source.ts'
import { projectFiles } from './tree.ts'

/** Every TypeScript file of the project, parsed. */
export const everySource = (): Source[] => sources(projectFiles())

/** A file that does not exist, to try a rule on. */
export const snippet = (path: string, text: string): Source => parse({ path, text })
