import { useWords } from '../../../i18n/words';
import { FieldLater } from '../../../parts/FieldLater';
import { later } from '../../../parts/later';
import { StandIn } from '../../../parts/StandIn';
import { useTenantNames } from '../../../reports/useTenantNames';
import { useWho } from '../../../session/session';
import { dashboardWords } from '../words';
import type { Asking } from './asking';

const TenantField = later(() => import('./TenantField'));

/** Whose usage. None chosen is all that somebody sees. */
export function TenantChoice({ asked, ask }: Asking) {
  const t = useWords(dashboardWords);
  const who = useWho();
  const chosen = asked.tenant ?? [];
  const nameOf = useTenantNames(chosen);
  if (!who.reach.all && who.reach.tenants === 1) return null;
  return (
    <FieldLater
      fetch={TenantField.fetch}
      field={(entered) => <TenantField asked={asked} ask={ask} entered={entered} />}
    >
      <StandIn label={t.tenants} value={chosen.map(nameOf).join(', ')} placeholder={t.allTenants} />
    </FieldLater>
  );
}
