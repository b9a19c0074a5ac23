import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SuperPeerAddress } from '../../../core/host/contract/types.ts'
import { Choice, TextField } from '../../ui/field.tsx'
import { PicturePicker } from '../../ui/picture.tsx'

interface EnableOptions {
  readonly displayName: string
  readonly image?: string
  readonly autoAccept: boolean
}

export interface IdentityForm {
  readonly name: string
  readonly image: string | undefined
  readonly autoAccept: boolean
  setName(name: string): void
  setImage(image: string | undefined): void
  setAutoAccept(autoAccept: boolean): void
  /** What the host is told; undefined while something is missing. */
  readonly options: EnableOptions | undefined
}

/** Name, picture and acceptance of the super-peer, beginning with what it has. */
export function useIdentity(own: SuperPeerAddress | undefined): IdentityForm {
  const [name, setName] = useState(own?.displayName ?? '')
  const [image, setImage] = useState(own?.image)
  const [autoAccept, setAutoAccept] = useState(own?.autoAccept ?? true)
  const displayName = name.trim()
  const options =
    displayName === '' ? undefined : { displayName, autoAccept, ...(image === undefined ? {} : { image }) }
  return { name, image, autoAccept, setName, setImage, setAutoAccept, options }
}

interface FieldsProps {
  readonly identity: IdentityForm
  /** Say what is missing. */
  readonly complain: boolean
}

export function IdentityFields({ identity, complain }: FieldsProps) {
  const { t } = useTranslation()
  const { name, image, autoAccept } = identity
  return (
    <>
      <PicturePicker name={name} image={image} onChange={identity.setImage} />
      <TextField
        label={t('serve.identity.name')}
        hint={t('serve.identity.nameHint')}
        error={complain && identity.options === undefined ? t('serve.identity.noName') : undefined}
        value={name}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => identity.setName(event.currentTarget.value)}
      />
      <Choice
        label={t('serve.identity.accept')}
        value={autoAccept ? 'automatic' : 'ask'}
        options={[
          {
            value: 'automatic',
            label: t('serve.identity.automatic'),
            hint: t('serve.identity.automaticHint'),
          },
          { value: 'ask', label: t('serve.identity.ask'), hint: t('serve.identity.askHint') },
        ]}
        onChange={(value) => identity.setAutoAccept(value === 'automatic')}
      />
    </>
  )
}
