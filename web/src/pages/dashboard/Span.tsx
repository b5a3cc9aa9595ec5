import { Group, Skeleton, Text } from '@mantine/core';
import { IconCalendar, IconDatabaseCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Tip } from '../../parts/Tip';
import { tableQuery } from '../../reports/answers';
import { periodsText, spanText, zonesOf } from '../../reports/period';
import { previousOf } from '../../reports/previous';
import classes from './Span.module.css';
import type { Dashboard } from './useDashboard';
import { dashboardWords } from './words';

/** Of when the numbers are, on whose clocks, and until when everything that came is in them. The first table's answer says it. */
export function Span({ table, dashboard }: { table: string; dashboard: Dashboard }) {
  const t = useWords(dashboardWords);
  const f = useFormats();
  const { report, asked, compared } = dashboard;
  const { data, isPending } = useQuery(tableQuery(report, table, asked));
  if (isPending) return <Skeleton height={22} width={420} maw="100%" />;
  const tenants = data?.tenants ?? [];
  const [first] = tenants;
  if (!data || !first) return null;
  const zones = zonesOf(tenants);
  const one = zones.length === 1;
  // Of several tenants the first one's: from then on there is something.
  const since = tenants.flatMap((p) => p.available_from ?? []).sort()[0];
  return (
    <Group gap="xs" c="dimmed" fz="sm" aria-live="polite">
      <Group gap={6} wrap="nowrap">
        <IconCalendar size={16} stroke={1.6} className={classes.icon} aria-hidden />
        <Text inherit>
          <Text span inherit fw={600} c="var(--mantine-color-text)">
            {periodsText(tenants, f)}
          </Text>
          {one ? ` ${t.inZone(first.zone)}` : ', '}
          {!one && <Zones zones={zones} />}
          {compared && `, ${t.comparedWith(spanText(previousOf(asked, first), f))}`}
        </Text>
      </Group>
      {data.complete_until && (
        <Group gap={6} wrap="nowrap">
          <IconDatabaseCheck size={16} stroke={1.6} className={classes.icon} aria-hidden />
          <Text inherit>
            {t.completeUntil} {f.instant(data.complete_until, one ? first.zone : 'UTC')}
            {one ? '' : ' UTC'}
            {since && `, ${t.availableFrom} ${f.dateOf(since, one ? first.zone : 'UTC')}`}
          </Text>
        </Group>
      )}
    </Group>
  );
}

function Zones({ zones }: { zones: string[] }) {
  const t = useWords(dashboardWords);
  return (
    <Tip label={zones.join(', ')}>
      <Text span inherit td="underline dotted" tabIndex={0}>
        {t.ownZones(zones.length)}
      </Text>
    </Tip>
  );
}
