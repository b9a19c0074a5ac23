import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KnownSuperPeer, SuperPeerView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { isolate } from '../../ui/isolate.ts'

interface RenameProps {
  readonly superPeer: KnownSuperPeer
  readonly onClose: () => void
}

export function RenameKnown({ superPeer: { address, name: before }, onClose }: RenameProps) {
  const { t } = useTranslation()
  const form = useId()
  const [name, setName] = useState(before)
  const { busy, failure, run } = useCall()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (await run(() => api().known.update({ address, name: name.trim() }))) onClose()
  }

  return (
    <Dialog
      title={t('superPeers.renameTitle', { name: isolate(before) })}
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={form} look="primary" busy={busy} disabled={name.trim() === ''}>
            {t('action.save')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <TextField
          label={t('superPeers.add.name')}
          value={name}
          maxLength={60}
          autoFocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </form>
      <FailureNote failure={failure} />
    </Dialog>
  )
}

interface DeleteProps {
  readonly superPeer: KnownSuperPeer
  readonly uses: readonly SuperPeerView[]
  readonly open: boolean
  readonly onClose: () => void
}

/** Groups keep a super-peer that is deleted from the list: the dialog says which. */
export function DeleteKnown({ superPeer: { address, name }, uses, open, onClose }: DeleteProps) {
  const { t, i18n } = useTranslation()
  const groups = useHost((state) => state.groups)
  const names = uses.flatMap(({ group }) => groups.get(group)?.displayName ?? [])
  const list = new Intl.ListFormat(i18n.language).format(names.map(isolate))
  return (
    <Confirm
      title={t('superPeers.delete.title', { name: isolate(name) })}
      open={open}
      onClose={onClose}
      action={t('superPeers.delete.action', { name: isolate(name) })}
      run={() => api().known.remove({ address })}
    >
      <p>{names.length === 0 ? t('superPeers.delete.unused') : t('superPeers.delete.used', { groups: list })}</p>
    </Confirm>
  )
}
