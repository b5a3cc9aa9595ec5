import { Select, TextInput } from '@mantine/core';
import { useWords } from '../../../i18n/words';
import type { Definition } from '../../../reports/definitions';
import { dashboardWords } from '../words';
import type { Asking } from './asking';

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];

/** On whose clocks. A report that is always in UTC says so. */
export function ZoneChoice({ definition, asked, ask }: Asking & { definition: Definition }) {
  const t = useWords(dashboardWords);
  if (definition.zone === 'always-utc') return <TextInput label={t.zone} value={t.zoneUTC} readOnly variant="filled" />;
  const known = asked.zone && !zones.includes(asked.zone) ? [asked.zone, ...zones] : zones;
  return (
    <Select
      label={t.zone}
      placeholder={definition.zone === 'tenant' ? t.zoneOfTenant : t.zoneUTC}
      data={known}
      value={asked.zone ?? null}
      onChange={(zone) => ask({ zone: zone ?? undefined })}
      searchable
      clearable
      limit={60}
    />
  );
}
