import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Preview as PreviewData } from '../../../../core/host/contract/types.ts'
import { api } from '../../../state/api.ts'
import { useHost } from '../../../state/host.ts'
import { Button } from '../../../ui/button.tsx'
import { useCall } from '../../../ui/call.ts'
import { FailureNote } from '../../../ui/failure.tsx'
import { Switch, TextField } from '../../../ui/field.tsx'
import { takeGroup } from '../take-group.ts'
import css from './preview.module.css'
import { PreviewCard } from './preview-card.tsx'
import { randomName } from './random-name.ts'

/** What a link leads to, before one joins. */
export function Preview({ link }: { readonly link: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [preview, setPreview] = useState<PreviewData>()
  const { busy, failure, run } = useCall()
  const online = useHost((state) => state.connection === 'online')

  const look = useCallback(() => void run(async () => setPreview(await api().groups.preview({ link }))), [link, run])

  useEffect(() => {
    if (online) look()
  }, [online, look])

  if (preview !== undefined) return <Found preview={preview} />
  return (
    <div className={css.looking}>
      <p role="status">{busy && t('groups.join.looking')}</p>
      {busy && <span className={css.bar} aria-hidden="true" />}
      <FailureNote failure={failure} onRetry={failure?.temporary === true ? look : undefined} />
      {failure?.temporary === false && <Button onClick={() => navigate('/join')}>{t('groups.join.another')}</Button>}
    </div>
  )
}

function Found({ preview }: { readonly preview: PreviewData }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const profile = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer))
  const [hidden, setHidden] = useState(false)
  const [name, setName] = useState(() => randomName(t('groups.join.names')))
  const { busy, failure, run } = useCall()
  const { joined } = preview

  async function join(): Promise<void> {
    if (profile === undefined) return
    await run(async () => {
      const group = await takeGroup(() =>
        api().groups.join({
          profile: profile.id,
          link: preview.link,
          ...(hidden ? { incognito: { displayName: name.trim() } } : {}),
        }),
      )
      navigate(`/groups/${group.id}/setup`, { replace: true })
    })
  }

  return (
    <>
      <PreviewCard preview={preview} />
      {joined === undefined ? (
        <>
          <div className={css.incognito}>
            <Switch
              label={t('groups.join.incognito')}
              hint={t('groups.join.incognitoHint', { name: profile?.displayName ?? '' })}
              checked={hidden}
              onChange={setHidden}
            />
            {hidden && (
              <TextField
                label={t('groups.join.incognitoName')}
                value={name}
                maxLength={60}
                onChange={(event) => setName(event.currentTarget.value)}
              />
            )}
          </div>
          <FailureNote failure={failure} />
          <div className={css.actions}>
            <Button look="quiet" onClick={() => navigate('/chats')}>
              {t('action.cancel')}
            </Button>
            <Button
              look="primary"
              busy={busy}
              disabled={preview.superPeerLinks.length === 0 || (hidden && name.trim() === '')}
              onClick={join}
            >
              {t('groups.join.join')}
            </Button>
          </div>
        </>
      ) : (
        <div className={css.actions}>
          <p>{t('groups.join.already')}</p>
          <Button look="primary" onClick={() => navigate(`/chats/${joined}`)}>
            {t('groups.share.open')}
          </Button>
        </div>
      )}
    </>
  )
}
