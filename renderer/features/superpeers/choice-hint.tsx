import { CircleAlert, CircleCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { KnownView } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { isolate } from '../../ui/isolate.ts'
import css from './choice-hint.module.css'
import { operatorsBehind } from './names.ts'

interface ChoiceHintProps {
  readonly known: KnownView
  /** Everything that will serve the group. */
  readonly addresses: readonly string[]
  readonly writers: 'everyone' | 'owners'
}

/** How robust a choice is, in a sentence, while it is made. */
export function ChoiceHint({ known, addresses, writers }: ChoiceHintProps) {
  const { t } = useTranslation()
  const own = useHost((state) => state.address)
  const operators = operatorsBehind(addresses, known, own, t)
  const onlyPreset =
    addresses.length > 0 &&
    addresses.every((address) => known.superPeers.find((other) => other.address === address)?.operator !== undefined)
  return (
    <div className={css.hints} role="status">
      {addresses.length === 0 && <Hint text={t('superPeers.choice.none')} />}
      {addresses.length === 1 && <Hint text={t('superPeers.choice.one')} />}
      {addresses.length > 1 && operators.length === 1 && (
        <Hint text={t('superPeers.choice.oneOperator', { operator: isolate(operators[0] ?? '') })} />
      )}
      {operators.length > 1 && (
        <Hint good text={t('superPeers.choice.good', { count: addresses.length, operators: operators.length })} />
      )}
      {writers === 'everyone' && onlyPreset && <Hint text={t('superPeers.choice.readers')} />}
    </div>
  )
}

function Hint({ text, good = false }: { readonly text: string; readonly good?: boolean }) {
  const Icon = good ? CircleCheck : CircleAlert
  return (
    <p className={css.hint} data-good={good}>
      <Icon size={18} aria-hidden="true" />
      <span>{text}</span>
    </p>
  )
}
