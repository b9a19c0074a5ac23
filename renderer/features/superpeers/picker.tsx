import { useTranslation } from 'react-i18next'
import type { KnownSuperPeer, KnownView, OperatorView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { AddByAddress } from './add-by-address.tsx'
import { OperatorHead } from './operator-head.tsx'
import css from './picker.module.css'
import { isUsable } from './suggest.ts'
import rows from './super-peer-row.module.css'
import { TestFailure, TestState } from './test-state.tsx'

interface PickerProps {
  readonly known: KnownView
  readonly selected: readonly string[]
  readonly onChange: (selected: readonly string[]) => void
  /** Addresses that serve the group already. */
  readonly taken?: readonly string[]
}

/** Choosing super-peers: this machine, own ones, those of operators, and any other by its address. */
export function Picker({ known, selected, onChange, taken = [] }: PickerProps) {
  const { t } = useTranslation()
  const own = useHost((state) => state.address)
  const custom = known.superPeers.filter(({ operator, address }) => operator === undefined && address !== own?.address)

  function toggle(address: string): void {
    onChange(selected.includes(address) ? selected.filter((other) => other !== address) : [...selected, address])
  }

  const row = (superPeer: KnownSuperPeer) => (
    <PickRow
      key={superPeer.address}
      superPeer={superPeer}
      usable={isUsable(superPeer, known)}
      taken={taken.includes(superPeer.address)}
      checked={selected.includes(superPeer.address)}
      onToggle={() => toggle(superPeer.address)}
    />
  )

  return (
    <div className={css.picker}>
      {known.operators.map((operator) => (
        <section key={operator.id} className={css.card} aria-label={operator.name}>
          <OperatorHead operator={operator} actions={<UseOperator operator={operator} />} />
          {operator.enabled && (
            <ul className={rows.rows}>{known.superPeers.filter((other) => other.operator === operator.id).map(row)}</ul>
          )}
        </section>
      ))}
      <section className={css.card} aria-label={t('superPeers.yours')}>
        <h2 className={css.title}>{t('superPeers.yours')}</h2>
        <ul className={rows.rows}>
          {own !== undefined && (
            <li className={rows.row}>
              <label className={rows.main}>
                <input
                  type="checkbox"
                  checked={selected.includes(own.address)}
                  disabled={taken.includes(own.address)}
                  onChange={() => toggle(own.address)}
                />
                <Avatar name={own.displayName} image={own.image} size={40} />
                <span className={rows.text}>
                  <bdi className={rows.name}>{own.displayName}</bdi>
                  <span className={rows.note}>
                    {taken.includes(own.address) ? t('superPeers.taken') : t('superPeers.thisMachine')}
                  </span>
                </span>
              </label>
            </li>
          )}
          {custom.map(row)}
        </ul>
        <AddByAddress onAdded={(address) => onChange([...selected, address])} />
      </section>
    </div>
  )
}

interface PickRowProps {
  readonly superPeer: KnownSuperPeer
  readonly usable: boolean
  readonly taken: boolean
  readonly checked: boolean
  readonly onToggle: () => void
}

function PickRow({ superPeer, usable, taken, checked, onToggle }: PickRowProps) {
  const { t } = useTranslation()
  const note = taken ? t('superPeers.taken') : usable ? undefined : t('superPeers.disabled')
  return (
    <li className={rows.row}>
      <label className={rows.main}>
        <input type="checkbox" checked={checked} disabled={taken || (!usable && !checked)} onChange={onToggle} />
        <Avatar name={superPeer.name} image={superPeer.image} size={40} />
        <span className={rows.text}>
          <bdi className={rows.name}>{superPeer.name}</bdi>
          {note !== undefined && <span className={rows.note}>{note}</span>}
        </span>
      </label>
      <div className={rows.end}>
        <TestState superPeer={superPeer} />
      </div>
      <TestFailure superPeer={superPeer} />
    </li>
  )
}

/** An operator that was switched off can be taken back where it is missed. */
function UseOperator({ operator }: { readonly operator: OperatorView }) {
  const { t } = useTranslation()
  const { busy, failure, run } = useCall()
  if (operator.enabled) return null
  return (
    <>
      <Button busy={busy} onClick={() => run(() => api().known.setOperator({ operator: operator.id, enabled: true }))}>
        {t('superPeers.useOperator')}
      </Button>
      <FailureNote failure={failure} />
    </>
  )
}
