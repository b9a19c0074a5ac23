import { Share2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group } from '../../../../core/host/contract/types.ts'
import { Button } from '../../../ui/button.tsx'
import { useCall } from '../../../ui/call.ts'
import { CopyButton } from '../../../ui/copy.tsx'
import { FailureNote } from '../../../ui/failure.tsx'
import { TextArea } from '../../../ui/field.tsx'
import { isolate } from '../../../ui/isolate.ts'
import { ShareLink } from '../../../ui/share-link.tsx'
import css from './link-card.module.css'

interface LinkCardProps {
  readonly group: Group
  /** Also a text to send along. */
  readonly invitation?: boolean
}

/** The group's link: to scan, to copy, to keep as a picture, to send. */
export function LinkCard({ group, invitation = false }: LinkCardProps) {
  const { t } = useTranslation()
  const { failure, run } = useCall()
  const name = isolate(group.displayName)
  const [text, setText] = useState(() => t('groups.share.text', { name: group.displayName, link: group.link }))

  return (
    <div className={css.share}>
      <ShareLink
        link={group.link}
        name={group.displayName}
        fileName={fileName(group.displayName)}
        texts={{ code: t('groups.share.qr', { name }), copy: t('groups.share.copy'), save: t('groups.share.save') }}
      />
      {invitation && (
        <div className={css.invitation}>
          <TextArea
            label={t('groups.share.along')}
            value={text}
            rows={4}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className={css.actions}>
            <CopyButton text={text} label={t('groups.share.copyText')} />
            {'share' in navigator && (
              <Button
                icon={<Share2 size={18} aria-hidden="true" />}
                onClick={() => run(() => shared(navigator.share({ title: group.displayName, text })))}
              >
                {t('groups.share.send')}
              </Button>
            )}
          </div>
          <FailureNote failure={failure} />
        </div>
      )}
    </div>
  )
}

/** Closing the system's sheet without choosing anything is no failure. */
async function shared(sharing: Promise<void>): Promise<void> {
  try {
    await sharing
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error
  }
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '').trim() || 'group'
}
