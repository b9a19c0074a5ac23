import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { useCall } from './call.ts'
import { Dialog } from './dialog.tsx'
import { FailureNote } from './failure.tsx'

interface ConfirmProps {
  readonly title: string
  readonly open: boolean
  readonly onClose: () => void
  /** Names the thing: "Delete Harbour News for 1,204 people". */
  readonly action: string
  /** The safe way out; "Cancel" where it says nothing else. */
  readonly keep?: string
  readonly run: () => Promise<unknown>
  readonly children: ReactNode
}

/** Before what cannot be undone. It closes once the host has done it, and stays with the reason where it could not. */
export function Confirm({ title, open, onClose, action, keep, run, children }: ConfirmProps) {
  const { t } = useTranslation()
  const call = useCall()

  async function confirm(): Promise<void> {
    if (await call.run(run)) onClose()
  }

  return (
    <Dialog
      title={title}
      open={open}
      onClose={() => {
        call.clear()
        onClose()
      }}
      actions={
        <>
          <Button onClick={onClose}>{keep ?? t('action.cancel')}</Button>
          <Button look="danger" busy={call.busy} onClick={confirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      <FailureNote failure={call.failure} />
    </Dialog>
  )
}
