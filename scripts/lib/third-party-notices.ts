import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Options } from 'tsup'

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number]

const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/**
 * An esbuild plugin that writes the licences of all that a bundle holds, as they ask for it.
 * The build fails on a package that names none. `file` is counted from the folder of the package
 * that is built.
 */
export function thirdPartyNotices(file: string): EsbuildPlugin {
  return {
    name: 'third-party-notices',
    setup(build) {
      build.initialOptions.metafile = true
      build.onEnd(({ metafile }) => {
        const folders = Object.keys(metafile?.inputs ?? {}).flatMap(
          (input) => PACKAGE_FOLDER.exec(input)?.[0] ?? [],
        )
        const notices = [...new Set(folders)].map(noticeOf).sort()
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, notices.join(`\n${'-'.repeat(72)}\n\n`))
      })
    },
  }
}

function noticeOf(folder: string): string {
  const manifest: Record<string, unknown> = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const { name, version, license } = manifest
  if (typeof license !== 'string') {
    throw new Error(`${name} says nothing of its licence, so that it cannot be bundled`)
  }
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  return `${name} ${version}, ${license}\n${text}`
}
