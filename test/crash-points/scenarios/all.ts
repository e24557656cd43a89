import { answers } from './answers.ts'
import { badEnds } from './bad-ends.ts'
import { unknownOutcomes } from './unknown-outcomes.ts'

/** Every scenario; the first of each group stands for the beginning of a host, too. */
export const allScenarios = [...answers, ...unknownOutcomes, ...badEnds]
