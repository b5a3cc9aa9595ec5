import { TextInput } from '@mantine/core';
import { useWords } from '../../../i18n/words';
import { zoneLabel } from '../../../i18n/zoneLabel';
import { FieldLater } from '../../../parts/FieldLater';
import { later } from '../../../parts/later';
import { StandIn } from '../../../parts/StandIn';
import type { Definition } from '../../../reports/definitions';
import { serverNow } from '../../../session/clock';
import { dashboardWords } from '../words';
import type { Asking } from './asking';

const ZoneField = later(() => import('./ZoneField'));

/** On whose clocks. A report that is always in UTC says so. */
export function ZoneChoice({ definition, asked, ask }: Asking & { definition: Definition }) {
  const t = useWords(dashboardWords);
  const { zone } = asked;
  if (definition.zone === 'always-utc') return <TextInput label={t.zone} value={t.zoneUTC} readOnly variant="filled" />;
  const common = { label: t.zone, placeholder: definition.zone === 'tenant' ? t.zoneOfTenant : t.zoneUTC };
  return (
    <FieldLater
      fetch={ZoneField.fetch}
      field={(entered) => <ZoneField {...common} asked={asked} ask={ask} entered={entered} />}
    >
      <StandIn {...common} value={zone ? zoneLabel(zone, new Date(serverNow())) : ''} />
    </FieldLater>
  );
}
