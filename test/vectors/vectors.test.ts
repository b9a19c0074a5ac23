import { describe, expect, test } from 'vitest'
import { checkRecord, loadVectors, vectorFiles } from './runner.ts'

for (const name of vectorFiles(import.meta.dirname)) {
  const file = loadVectors(import.meta.dirname, name)
  describe(name, () => {
    for (const [index, record] of file.context.records.entries()) {
      test(`#${index} ${record.name}`, async ({ skip }) => {
        const outcome = await checkRecord(file, record)
        skip(outcome.result === 'skipped', 'needs sntrup761')
        expect(outcome).toEqual({ result: 'passed' })
      })
    }
  })
}
