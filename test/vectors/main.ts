import { parseArgs } from 'node:util'
import { checkRecord, loadVectors } from './runner.ts'

/** `npm run vectors -- --dir DIR`: checks every record of a folder; exit code 1 where any fails. */
const { values } = parseArgs({ options: { dir: { type: 'string', default: 'test/vectors' } } })
const counts = { passed: 0, failed: 0, skipped: 0 }

for (const file of loadVectors(values.dir)) {
  for (const [index, record] of file.context.records.entries()) {
    const outcome = await checkRecord(file, record)
    counts[outcome.result]++
    if (outcome.result === 'failed') {
      const reason = outcome.reason.split('\n').slice(0, 12).join('\n    ')
      console.log(`FAILED ${file.file} #${index} "${record.name}" ${record.note ?? ''}\n    ${reason}`)
    }
    if (outcome.result === 'skipped') console.log(`skipped ${file.file} #${index} "${record.name}"`)
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
