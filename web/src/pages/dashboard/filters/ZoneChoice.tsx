import { Select, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useWords } from '../../../i18n/words';
import { zoneChoices, zoneLabel } from '../../../i18n/zones';
import type { Definition } from '../../../reports/definitions';
import { serverNow } from '../../../session/clock';
import { dashboardWords } from '../words';
import type { Asking } from './asking';

/** On whose clocks. A report that is always in UTC says so. */
export function ZoneChoice({ definition, asked, ask }: Asking & { definition: Definition }) {
  const t = useWords(dashboardWords);
  const [opened, setOpened] = useState(false);
  const { zone } = asked;
  // The offsets of four hundred zones take a moment, which a page that opens does not have.
  const choices = useMemo(() => {
    const now = new Date(serverNow());
    if (opened) return zoneChoices(now, zone);
    return zone ? [{ value: zone, label: zoneLabel(zone, now) }] : [];
  }, [opened, zone]);
  if (definition.zone === 'always-utc') return <TextInput label={t.zone} value={t.zoneUTC} readOnly variant="filled" />;
  return (
    <Select
      label={t.zone}
      placeholder={definition.zone === 'tenant' ? t.zoneOfTenant : t.zoneUTC}
      data={choices}
      value={zone ?? null}
      onChange={(chosen) => ask({ zone: chosen ?? undefined })}
      onDropdownOpen={() => setOpened(true)}
      searchable
      clearable
      limit={60}
    />
  );
}
