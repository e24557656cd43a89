// A Parrot to play with: `npm run play`.
import { startParrot } from './server.ts'

const { url, world } = await startParrot({ port: Number(process.argv[2] ?? 4420) })
console.log(`Parrot listens.
  url    ${url}
  token  ${world.token}

Write as a person, and read all that was written:
  curl -d '{"chat":"lobby","text":"hello"}' ${url}/people
  curl ${url}/people`)
