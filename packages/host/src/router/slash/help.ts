import { forAll, type SlashCommand } from './slash-command.ts'

/** `/help`: what one may say here. */
export const help: SlashCommand = {
  name: 'help',
  does: 'shows this',
  isAudited: false,
  ...forAll,
  answer: (call) => {
    const usable = call.commands.filter((command) => command.mayUse(call))
    const several = `Several agents listen here; name the one you mean: /help ${call.agent}`
    return {
      text: [
        `What you may say to ${call.agent} beside messages:`,
        ...usable.map(({ name, does }) => `/${name} – ${does}`),
        ...(call.isOneOfSeveral ? [several] : []),
      ].join('\n'),
    }
  },
}
