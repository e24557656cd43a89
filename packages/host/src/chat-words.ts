import type { ChatWords } from '@nanoclaw/core'

/** What people are told in a chat unless an operator has words of his own. */
export const defaultChatWords: ChatWords = {
  unanswered: 'Your message could not be answered. Whoever runs this has been told.',
  waiting:
    'Your message cannot be answered right now. It is kept, and will be answered as soon as this is mended.',
  recovered: 'Messages are being answered again. If yours was not, please send it once more.',
}
