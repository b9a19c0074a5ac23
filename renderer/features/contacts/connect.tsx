import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, useLocation, useSearch } from 'wouter'
import type { PersonPreview } from '../../../core/host/contract/contacts.ts'
import { api } from '../../state/api.ts'
import { applyContact } from '../../state/contacts.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch, TextArea, TextField } from '../../ui/field.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Page } from '../../ui/page.tsx'
import { Description, Presented } from '../../ui/presented.tsx'
import { randomName } from '../groups/join/random-name.ts'
import css from './contacts.module.css'

/** Who is behind a link of a person, before one connects. The link is part of the address. */
export function Connect() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const link = new URLSearchParams(useSearch()).get('link') ?? ''
  const [preview, setPreview] = useState<PersonPreview>()
  const online = useHost((state) => state.connection === 'online')
  const { busy, failure, run } = useCall()

  const look = useCallback(() => run(async () => setPreview(await api().contacts.preview({ link }))), [link, run])
  useEffect(() => {
    if (online && link !== '') void look()
  }, [look, link, online])

  if (link === '') return <Redirect to="/join" replace />
  return (
    <Page title={t('contacts.connect.title')} back="/chats" narrow>
      {preview === undefined ? (
        <div className={css.stack}>
          <p role="status" className={busy ? css.looking : undefined}>
            {busy && t('contacts.connect.looking')}
          </p>
          <FailureNote failure={failure} onRetry={failure?.temporary === true ? look : undefined} />
          {failure !== undefined && (
            <div className={css.actions}>
              <Button onClick={() => navigate('/join')}>{t('contacts.connect.other')}</Button>
            </div>
          )}
        </div>
      ) : (
        <Found preview={preview} link={link} />
      )}
    </Page>
  )
}

function Found({ preview, link }: { readonly preview: PersonPreview; readonly link: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { contact } = preview
  if (preview.own) {
    return (
      <div className={css.card}>
        <p>{t('contacts.connect.own')}</p>
        <div className={css.actions}>
          <Button look="primary" onClick={() => navigate('/contacts/invite')}>
            {t('contacts.connect.ownOpen')}
          </Button>
        </div>
      </div>
    )
  }
  if (contact !== undefined) {
    return (
      <div className={css.card}>
        <p>{t('contacts.connect.already')}</p>
        <div className={css.actions}>
          <Button look="primary" onClick={() => navigate(`/contacts/${contact}`)}>
            {t('contacts.connect.open')}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <>
      <Person preview={preview} />
      <Asking preview={preview} link={link} />
    </>
  )
}

function Person({ preview }: { readonly preview: PersonPreview }) {
  const { t } = useTranslation()
  const { displayName, fullName, image, description, text, kind } = preview
  const known = displayName !== ''
  const name = known ? displayName : t('contacts.connect.nameless')
  const address = known ? t('contacts.connect.address', { name: isolate(name) }) : t('contacts.connect.addressUnnamed')
  return (
    <section className={css.card} aria-label={name}>
      <Presented name={name} fullName={fullName} image={image} size={72} />
      <Description text={description} />
      <Description text={text} />
      <p className={css.muted}>
        {kind === 'address' ? address : t('contacts.connect.once')}
        {!known && ` ${t('contacts.connect.namelessHint')}`}
      </p>
    </section>
  )
}

function Asking({ preview, link }: { readonly preview: PersonPreview; readonly link: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const person = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer))
  const [text, setText] = useState('')
  const [hidden, setHidden] = useState(false)
  const [name, setName] = useState(() => randomName(t('groups.join.names')))
  const { busy, failure, run } = useCall()
  const asks = preview.kind === 'address'

  async function connect(): Promise<void> {
    if (person === undefined) return
    const contact = await api().contacts.connect({
      profile: person.id,
      link,
      ...(asks && text.trim() !== '' ? { text: text.trim() } : {}),
      ...(hidden ? { incognito: { displayName: name.trim() } } : {}),
    })
    applyContact(contact)
    navigate(`/contacts/${contact.id}`, { replace: true })
  }

  return (
    <>
      <div className={css.card}>
        {asks && (
          <TextArea
            label={t('contacts.connect.message')}
            hint={t('contacts.connect.messageHint')}
            value={text}
            rows={3}
            maxLength={1000}
            dir="auto"
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <Switch
          label={t('contacts.connect.incognito')}
          hint={t('contacts.connect.incognitoHint', { name: person?.displayName ?? '' })}
          checked={hidden}
          onChange={setHidden}
        />
        {hidden && (
          <TextField
            label={t('contacts.connect.incognitoName')}
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
      </div>
      <FailureNote failure={failure} />
      <div className={`${css.actions} ${css.between}`}>
        <Button look="quiet" onClick={() => navigate('/chats')}>
          {t('action.cancel')}
        </Button>
        <Button look="primary" busy={busy} disabled={hidden && name.trim() === ''} onClick={() => run(connect)}>
          {t(asks ? 'contacts.connect.ask' : 'contacts.connect.go')}
        </Button>
      </div>
    </>
  )
}
