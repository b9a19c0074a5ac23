import { Flame, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { KnownSuperPeer, OperatorView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { useKnown } from '../../state/known.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch } from '../../ui/field.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { JoinedSuperPeers } from './joined-super-peers.tsx'
import { KnownRow } from './known-row.tsx'
import { OperatorHead } from './operator-head.tsx'
import css from './picker.module.css'
import rows from './super-peer-row.module.css'
import { Uses, usesOf } from './uses.tsx'

/** Operators and own super-peers, with the groups that use them. */
export function KnownList() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const known = useKnown()
  const custom = known?.superPeers.filter(({ operator }) => operator === undefined) ?? []
  return (
    <Page
      title={t('rail.superPeers')}
      actions={
        <Button
          look="primary"
          icon={<Plus size={18} aria-hidden="true" />}
          onClick={() => navigate('/super-peers/new')}
        >
          {t('action.add')}
        </Button>
      }
    >
      <p>{t('superPeers.lead')}</p>
      {known?.operators.map((operator) => (
        <OperatorCard
          key={operator.id}
          operator={operator}
          superPeers={known.superPeers.filter((superPeer) => superPeer.operator === operator.id)}
        />
      ))}
      {known !== undefined && <OwnCard custom={custom} />}
      <JoinedSuperPeers />
    </Page>
  )
}

interface OperatorCardProps {
  readonly operator: OperatorView
  readonly superPeers: readonly KnownSuperPeer[]
}

function OperatorCard({ operator, superPeers }: OperatorCardProps) {
  const { t } = useTranslation()
  const { failure, run } = useCall()
  return (
    <section className={css.card} aria-label={operator.name}>
      <OperatorHead
        operator={operator}
        actions={
          <Switch
            label={t('superPeers.use')}
            checked={operator.enabled}
            onChange={(enabled) => run(() => api().known.setOperator({ operator: operator.id, enabled }))}
          />
        }
      />
      <FailureNote failure={failure} />
      <ul className={rows.rows}>
        {superPeers.map((superPeer) => (
          <KnownRow key={superPeer.address} superPeer={superPeer} off={!operator.enabled} />
        ))}
      </ul>
    </section>
  )
}

function OwnCard({ custom }: { readonly custom: readonly KnownSuperPeer[] }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const own = useHost((state) => state.address)
  const uses = useHost((state) => state.superPeers)
  return (
    <Section title={t('superPeers.yours')} hint={t('superPeers.yoursHint')}>
      <ul className={rows.rows}>
        {own !== undefined && (
          <li className={rows.row}>
            <div className={rows.main}>
              <Avatar name={own.displayName} image={own.image} size={40} />
              <span className={rows.text}>
                <bdi className={rows.name}>{own.displayName}</bdi>
                <span className={rows.note}>{t('superPeers.thisMachine')}</span>
              </span>
            </div>
            <Uses uses={usesOf(uses, own.address)} />
          </li>
        )}
        {custom
          .filter(({ address }) => address !== own?.address)
          .map((superPeer) => (
            <KnownRow key={superPeer.address} superPeer={superPeer} off={false} />
          ))}
      </ul>
      {own === undefined && (
        <div>
          <Button look="quiet" icon={<Flame size={18} aria-hidden="true" />} onClick={() => navigate('/serve')}>
            {t('superPeers.serve')}
          </Button>
        </div>
      )}
    </Section>
  )
}
