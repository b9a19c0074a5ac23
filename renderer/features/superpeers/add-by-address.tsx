import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TestResult } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { lengthText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { kindOf } from '../groups/join/link.ts'
import css from './add-by-address.module.css'
import rows from './super-peer-row.module.css'

interface AddByAddressProps {
  readonly onAdded: (address: string) => void
  /** Open from the beginning. */
  readonly open?: boolean
  /** An address that came from elsewhere. */
  readonly begin?: string
}

/** A super-peer that is in no list: its address is tested first, and only one that answers is added. */
export function AddByAddress({ onAdded, open: stays = false, begin = '' }: AddByAddressProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(stays)
  const [closed, setClosed] = useState(false)
  const [address, setAddress] = useState(begin)
  const [found, setFound] = useState<TestResult>()
  const { busy, failure, run, clear } = useCall()
  const kind = kindOf(address.trim())
  const other = kind === 'group' || kind === 'person'
  const profile = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer)?.id)

  function reset(): void {
    setAddress('')
    setFound(undefined)
    setOpen(stays)
    setClosed(true)
    clear()
  }

  async function test(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (profile === undefined || other) return
    await run(async () => setFound(await api().superPeers.test({ profile, address: address.trim() })))
  }

  if (!open) {
    return (
      <div>
        <Button
          look="quiet"
          icon={<Plus size={18} aria-hidden="true" />}
          // Whoever came by keyboard goes on from here.
          autoFocus={closed}
          onClick={() => setOpen(true)}
        >
          {t('superPeers.add.open')}
        </Button>
      </div>
    )
  }
  return (
    <div className={css.add}>
      <form className={css.address} onSubmit={test}>
        <TextField
          label={t('superPeers.add.address')}
          hint={t('superPeers.add.hint')}
          error={other ? t('superPeers.add.other') : undefined}
          value={address}
          autoFocus
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setAddress(event.currentTarget.value)
            setFound(undefined)
            clear()
          }}
        />
        {found === undefined && (
          <div className={css.actions}>
            <Button type="submit" look="primary" busy={busy} disabled={address.trim() === '' || other}>
              {busy ? t('superPeers.test.running') : t('superPeers.add.test')}
            </Button>
            {!stays && <Button onClick={reset}>{t('action.cancel')}</Button>}
          </div>
        )}
      </form>
      <FailureNote failure={failure} />
      {found !== undefined && (
        <Found
          key={address}
          address={address.trim()}
          result={found}
          onAdded={(added) => {
            reset()
            onAdded(added)
          }}
          onCancel={reset}
        />
      )}
    </div>
  )
}

interface FoundProps {
  readonly address: string
  readonly result: TestResult
  readonly onAdded: (address: string) => void
  readonly onCancel: () => void
}

/** Who answered; the name may be another one in the own list. */
function Found({ address, result: { profile, roundTrip }, onAdded, onCancel }: FoundProps) {
  const { t, i18n } = useTranslation()
  const [name, setName] = useState(profile.displayName)
  const { busy, failure, run } = useCall()

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault()
    const { image } = profile
    const values = { address, name: name.trim(), roundTrip, ...(image === undefined || image === '' ? {} : { image }) }
    if (await run(() => api().known.add(values))) onAdded(address)
  }

  return (
    <form className={css.found} onSubmit={add} aria-label={t('superPeers.add.found')}>
      <div className={rows.main}>
        <Avatar name={profile.displayName} image={profile.image} size={40} />
        <span className={rows.text} role="status">
          <bdi className={rows.name}>{profile.displayName}</bdi>
          <span className={rows.note}>
            {t('superPeers.add.answered', { time: lengthText(roundTrip, i18n.language) })}
          </span>
        </span>
      </div>
      <TextField
        label={t('superPeers.add.name')}
        value={name}
        maxLength={60}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FailureNote failure={failure} />
      <div className={css.actions}>
        <Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
          {t('superPeers.add.add')}
        </Button>
        <Button onClick={onCancel}>{t('action.cancel')}</Button>
      </div>
    </form>
  )
}
