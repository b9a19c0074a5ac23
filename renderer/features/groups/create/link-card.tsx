import { ImageDown, Share2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group } from '../../../../core/host/contract/types.ts'
import { useRuntime } from '../../../runtime/context.ts'
import { Button } from '../../../ui/button.tsx'
import { useCall } from '../../../ui/call.ts'
import { CopyButton } from '../../../ui/copy.tsx'
import { FailureNote } from '../../../ui/failure.tsx'
import { TextArea } from '../../../ui/field.tsx'
import { isolate } from '../../../ui/isolate.ts'
import { Qr } from '../../../ui/qr.tsx'
import css from './link-card.module.css'
import { linkPicture } from './link-picture.ts'

interface LinkCardProps {
  readonly group: Group
  /** Also a text to send along. */
  readonly invitation?: boolean
}

/** The group's link: to scan, to copy, to keep as a picture, to send. */
export function LinkCard({ group, invitation = false }: LinkCardProps) {
  const { t } = useTranslation()
  const runtime = useRuntime()
  const { failure, run } = useCall()
  const name = isolate(group.displayName)
  const [text, setText] = useState(() => t('groups.share.text', { name: group.displayName, link: group.link }))

  async function savePicture(): Promise<void> {
    const picture = await linkPicture(group.displayName, group.link)
    await runtime.saveFile(`${fileName(group.displayName)}.png`, picture)
  }

  return (
    <div className={css.share}>
      <div className={css.card}>
        <Qr text={group.link} label={t('groups.share.qr', { name })} />
        <div className={css.link}>
          <code className={css.text}>{group.link}</code>
          <div className={css.actions}>
            <CopyButton text={group.link} label={t('groups.share.copy')} />
            <Button icon={<ImageDown size={18} aria-hidden="true" />} onClick={() => run(savePicture)}>
              {t('groups.share.save')}
            </Button>
          </div>
          <FailureNote failure={failure} />
        </div>
      </div>
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
