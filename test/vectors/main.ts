import { parseArgs } from 'node:util'
import { runVectors } from './runner.ts'

/** `npm run vectors -- --dir DIR`: checks every record of a folder; exit code 1 where any fails. */
const { values } = parseArgs({ options: { dir: { type: 'string', default: 'test/vectors' } } })
const { failed } = await runVectors(values.dir, (line) => console.log(line))
process.exitCode = failed > 0 ? 1 : 0
