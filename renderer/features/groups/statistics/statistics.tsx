import { Download } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearch } from 'wouter'
import type { Group, GroupStatistics, StatisticsRange } from '../../../../core/host/contract/types.ts'
import { useRuntime } from '../../../runtime/context.ts'
import { api } from '../../../state/api.ts'
import { useHost } from '../../../state/host.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { Button } from '../../../ui/button.tsx'
import { useCall } from '../../../ui/call.ts'
import { FailureNote } from '../../../ui/failure.tsx'
import { Page, Section } from '../../../ui/page.tsx'
import { Comparison } from './comparison.tsx'
import { csvOf } from './csv.ts'
import { Segments } from './segments.tsx'
import { SERIES, type SeriesName } from './series.ts'
import css from './statistics.module.css'
import { Table } from './table.tsx'
import { Tiles } from './tiles.tsx'

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }))

const RANGES: readonly StatisticsRange[] = ['day', 'week', 'month', 'all']
const REFRESH = 60_000

/** Figures for the owner: counts only, and only on this host. */
export function Statistics({ group }: { readonly group: Group }) {
  const { t, i18n } = useTranslation()
  const [location, navigate] = useLocation()
  const runtime = useRuntime()
  const query = new URLSearchParams(useSearch())
  const range = RANGES.find((known) => known === query.get('range')) ?? 'day'
  const series = SERIES.find((known) => known === query.get('series')) ?? 'members'
  const [figures, setFigures] = useState<GroupStatistics>()
  const [table, setTable] = useState(false)
  const online = useHost((state) => state.connection === 'online')
  // Other colours: the chart is drawn anew.
  const theme = usePreferences((preferences) => preferences.theme)
  const { failure, run } = useCall()
  const { id } = group

  const load = useCallback(
    () => run(async () => setFigures(await api().statistics.group({ group: id, range }))),
    [id, range, run],
  )

  useEffect(() => {
    if (!online) return
    void load()
    const timer = setInterval(() => void load(), REFRESH)
    return () => clearInterval(timer)
  }, [online, load])

  function show(next: { readonly range?: StatisticsRange; readonly series?: SeriesName }): void {
    const wanted = new URLSearchParams({ range: next.range ?? range, series: next.series ?? series })
    navigate(`${location}?${wanted}`, { replace: true })
  }

  async function save(): Promise<void> {
    if (figures === undefined) return
    const name = `${group.displayName.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '').trim() || 'group'} ${range}.csv`
    await runtime.saveFile(name, new Blob([csvOf(figures)], { type: 'text/csv' }))
  }

  return (
    <Page
      title={t('groups.statistics.title')}
      back={`/groups/${id}`}
      actions={
        <Button
          icon={<Download size={18} aria-hidden="true" />}
          disabled={figures === undefined}
          onClick={() => run(save)}
        >
          {t('groups.statistics.export')}
        </Button>
      }
    >
      <Segments
        label={t('groups.statistics.range')}
        value={range}
        options={RANGES.map((value) => ({ value, text: t(`groups.statistics.ranges.${value}`) }))}
        onChange={(value) => show({ range: value })}
      />
      <FailureNote failure={failure} onRetry={load} />
      {figures !== undefined && (
        <>
          {!figures.counting && <p className={css.note}>{t('groups.statistics.off')}</p>}
          <Tiles figures={figures} series={series} onSeries={(value) => show({ series: value })} />
          <Section
            title={t(`groups.statistics.series.${series}`)}
            actions={
              <Button look="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
                {t(table ? 'groups.statistics.asChart' : 'groups.statistics.asTable')}
              </Button>
            }
          >
            <Segments
              label={t('groups.statistics.show')}
              value={series}
              options={SERIES.map((value) => ({ value, text: t(`groups.statistics.short.${value}`) }))}
              onChange={(value) => show({ series: value })}
            />
            {table ? (
              <Table figures={figures} series={series} />
            ) : (
              <Suspense fallback={<div className={css.chart} />}>
                <Chart key={theme} figures={figures} series={series} language={i18n.language} />
              </Suspense>
            )}
          </Section>
          <Section title={t('groups.statistics.comparison')} hint={t('groups.statistics.comparisonHint')}>
            <Comparison group={group} figures={figures} />
          </Section>
          <p className={css.note}>{t('groups.statistics.privacy')}</p>
        </>
      )}
    </Page>
  )
}
