import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const never = (selector, message) => ({ selector, message })

const moduleShape = [
  never('ExportAllDeclaration', 'List exports by name; `export *` makes everything API.'),
  never('ExportDefaultDeclaration', 'Named exports only.'),
]
const environment = [
  never(
    "MemberExpression[object.name='process'][property.name='env']",
    'Only the daemon’s config and the runner’s main read the environment; take an option.',
  ),
  never(
    "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
    'Only the daemon’s config and the runner’s main read the environment; take an option.',
  ),
]
const synchronousChildren = [
  never(
    'CallExpression:matches([callee.name=/^(exec|execFile|spawn)Sync$/], [callee.property.name=/^(exec|execFile|spawn)Sync$/])',
    'A synchronous child process stops the event loop; use the asynchronous form.',
  ),
]

export default defineConfig(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/coverage/',
      '**/.turbo/',
      'packages/*/drizzle/',
      '**/*.generated.ts',
    ],
  },
  {
    files: ['**/*.{ts,js,mjs}'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-constant-binary-expression': 'error',
      'no-unsafe-finally': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-fallthrough': 'error',
      'no-debugger': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...moduleShape],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.config.ts'],
    languageOptions: {
      parser: tseslint.parser,
      // One program of everything: one for each package would read what they share once for each.
      parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          // Node's test runner owns what these return.
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['describe', 'it', 'test'] },
          ],
        },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['{packages,apps}/*/src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'max-lines-per-function': [
        'error',
        { max: 80, skipBlankLines: true, skipComments: true, IIFEs: true },
      ],
      'no-restricted-syntax': ['error', ...moduleShape, ...environment, ...synchronousChildren],
    },
  },
  {
    files: [
      'apps/daemon/src/config*.ts',
      'apps/daemon/src/config/**/*.ts',
      'packages/container-runtime/src/runner/run-runner.ts',
    ],
    rules: {
      'no-restricted-syntax': ['error', ...moduleShape, ...synchronousChildren],
    },
  },
  {
    files: ['**/*.config.{ts,js}'],
    languageOptions: { parser: tseslint.parser },
    rules: { 'no-restricted-syntax': 'off' },
  },
)
