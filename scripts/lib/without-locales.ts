import type { Options } from 'tsup'

/** zod's messages in fifty languages are most of its code, which every start would parse. */
export const withoutLocales: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-locales',
  setup: (build) => {
    build.onResolve({ filter: /locales\/index\.js$/ }, ({ path, importer }) =>
      importer.includes('zod') ? { path, namespace: 'empty' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }))
  },
}
