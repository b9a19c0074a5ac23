import { describe, expect, test } from 'vitest'
import { contract } from '../../../../core/host/contract.ts'
import { ALLOWED_WHILE_HELD, refuseWhileHeld } from '../../../../core/host/held.ts'
import type { InstanceView } from '../../../../core/host/instance/view.ts'

const view: InstanceView = {
  held: 'running',
  backupCreatedAt: undefined,
  restoredAt: undefined,
  otherAt: undefined,
  checkedAt: undefined,
}
const paths = Object.entries(contract).flatMap(([part, procedures]) =>
  Object.keys(procedures).map((name) => [part, name] as const),
)

function isRefused(path: readonly string[]): boolean {
  try {
    refuseWhileHeld(path, view)
    return false
  } catch {
    return true
  }
}

describe('a held host', () => {
  test('refuses whatever could send something', () => {
    const refused = paths.filter(isRefused).map((path) => path.join('.'))
    expect(refused).toEqual(
      expect.arrayContaining([
        'groups.create',
        'groups.confirm',
        'groups.join',
        'groups.update',
        'groups.leave',
        'groups.remove',
        'members.setRole',
        'superPeers.add',
        'messages.send',
        'messages.edit',
        'messages.react',
        'contacts.connect',
        'serving.enable',
        'serving.leave',
        'profiles.update',
      ]),
    )
  })

  test('shows what it has, and lets a person decide', () => {
    for (const path of ['changes.snapshot', 'groups.list', 'messages.list', 'instance.takeOver', 'backup.create']) {
      expect(isRefused(path.split('.'))).toBe(false)
    }
  })

  test('knows no procedure that there is not', () => {
    const known = new Set(paths.flatMap(([part, name]) => [part, `${part}.${name}`]))
    expect([...ALLOWED_WHILE_HELD].filter((name) => !known.has(name))).toEqual([])
  })

  test('is a host like any other once it is in use', () => {
    for (const path of paths) refuseWhileHeld(path, { ...view, held: undefined })
  })
})
