import { describe, expect, it } from 'vitest'
import { fillTemplate } from '../src/fill-template.ts'
import { readNames, type AdapterNames } from '../src/names.ts'

const rocketChat: AdapterNames = {
  packageName: 'nanoclaw-adapter-rocket-chat',
  kebab: 'rocket-chat',
  camel: 'rocketChat',
  pascal: 'RocketChat',
  upper: 'ROCKET_CHAT',
  title: 'Rocket Chat',
}

describe('a name', () => {
  it('of a platform gives all the others', () => {
    expect(readNames('rocket-chat')).toEqual(rocketChat)
  })

  it('of a package is kept as it is', () => {
    expect(readNames('nanoclaw-adapter-rocket-chat')).toEqual(rocketChat)
    const packageName = '@ann/nanoclaw-adapter-rocket-chat'
    expect(readNames(packageName)).toEqual({ ...rocketChat, packageName })
    expect(readNames('@ann/rocket-chat')).toEqual({
      ...rocketChat,
      packageName: '@ann/rocket-chat',
    })
  })

  it.each([
    ...['', 'Zulip', '9gag', 'a b', '-a', 'a-', 'a--b', '../a', 'a/b', '@ann', '@ann/', '@Ann/a'],
    ...['nanoclaw-adapter-', 'nanoclaw-adapter-9', 'é', 'a'.repeat(215)],
  ])('%j is none', (given) => {
    expect(readNames(given)).toBeUndefined()
  })
})

describe('the template’s own name', () => {
  it.each([
    ['nanoclaw-adapter-parrot', 'nanoclaw-adapter-rocket-chat'],
    ['src/parrot-api.ts', 'src/rocket-chat-api.ts'],
    ["channelType: 'parrot'", "channelType: 'rocket-chat'"],
    ['createParrotApi(parrotOptions)', 'createRocketChatApi(rocketChatOptions)'],
    ['class ParrotError', 'class RocketChatError'],
    ['Parrot answered', 'Rocket Chat answered'],
    ['$PARROT_TOKEN', '$ROCKET_CHAT_TOKEN'],
  ])('in %j becomes %j', (text, filled) => {
    expect(fillTemplate(text, rocketChat)).toBe(filled)
  })

  it('may be part of the new one', () => {
    const names = readNames('parrots')
    expect(names && fillTemplate('nanoclaw-adapter-parrot, parrot, Parrot', names)).toBe(
      'nanoclaw-adapter-parrots, parrots, Parrots',
    )
  })
})
