import { answers } from './answers.ts'
import { badEnds } from './bad-ends.ts'
import { interruptions } from './interruptions.ts'
import { people } from './people.ts'
import { unknownOutcomes } from './unknown-outcomes.ts'

/** Every scenario. */
export const allScenarios = [
  ...answers,
  ...unknownOutcomes,
  ...badEnds,
  ...interruptions,
  ...people,
]
