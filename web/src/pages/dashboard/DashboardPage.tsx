import { ActionIcon, Button, Card } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useWords } from '../../i18n/words';
import { Failed } from '../../parts/Failed';
import { later } from '../../parts/later';
import { Page } from '../../parts/Page';
import { Tip } from '../../parts/Tip';
import { reportQuery } from '../../reports/definitions';
import classes from './DashboardPage.module.css';
import { ExportButton } from './ExportButton';
import { Filters } from './filters/Filters';
import { Span } from './Span';
import { needsWidth, TableCard } from './TableCard';
import { useCommonError } from './useCommonError';
import { useDashboard } from './useDashboard';
import { useReportText } from './useReportText';
import { dashboardWords } from './words';

const EventsDrawer = later(() => import('./events/EventsDrawer'));

/** A report, drawn from its definition alone: what may be asked, a card for each of its tables, and the events behind each number. */
export function DashboardPage() {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const dashboard = useDashboard();
  const { data: definition } = useSuspenseQuery(reportQuery(dashboard.report));
  const tables = definition.tables ?? [];
  const first = tables[0];
  // Where the last of those that stand in pairs would be alone, it has the place of two.
  const halves = tables.filter((table) => !needsWidth(table));
  const odd = halves.length % 2 === 1 ? halves[halves.length - 1] : undefined;
  const common = useCommonError(definition, dashboard);
  // Most who look at a dashboard open no number, and need not wait for what shows one.
  const [opened, setOpened] = useState(false);
  if (dashboard.cell && !opened) setOpened(true);
  return (
    <Page
      title={r.text(definition.title)}
      about={r.text(definition.about)}
      actions={
        <>
          <Tip label={t.refresh}>
            <ActionIcon variant="default" size="input-sm" aria-label={t.refresh} onClick={dashboard.refresh}>
              <IconRefresh size={18} stroke={1.6} />
            </ActionIcon>
          </Tip>
          <ExportButton report={definition.name} asked={dashboard.asked} />
        </>
      }
    >
      <Filters definition={definition} dashboard={dashboard} />
      {first && <Span table={first.name} dashboard={dashboard} />}
      {common ? (
        <Card withBorder>
          <Failed error={common.error} retry={common.retry}>
            <Button variant="default" size="sm" mt="xs" onClick={dashboard.reset}>
              {t.reset}
            </Button>
          </Failed>
        </Card>
      ) : (
        <div className={classes.cards} data-several={tables.length > 1 || undefined}>
          {tables.map((table) => (
            <TableCard
              key={`${definition.name} ${table.name}`}
              head={table}
              alone={tables.length === 1}
              stretched={table === odd}
              dashboard={dashboard}
            />
          ))}
        </div>
      )}
      {opened && (
        <Suspense>
          <EventsDrawer definition={definition} dashboard={dashboard} />
        </Suspense>
      )}
    </Page>
  );
}
