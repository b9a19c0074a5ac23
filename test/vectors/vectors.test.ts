import { describe, expect, test } from 'vitest'
import { checkRecord, loadVectors } from './runner.ts'

for (const file of loadVectors(import.meta.dirname)) {
  describe(file.file, () => {
    for (const [index, record] of file.context.records.entries()) {
      test(`#${index} ${record.name}`, async ({ skip }) => {
        const outcome = await checkRecord(file, record)
        skip(outcome.result === 'skipped', 'needs sntrup761')
        expect(outcome).toEqual({ result: 'passed' })
      })
    }
  })
}
