import { MultiSelect, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../../../i18n/words';
import { tenantsQuery } from '../../../reports/tenants';
import { useWho } from '../../../session/session';
import { dashboardWords } from '../words';
import type { Asking } from './asking';
import classes from './Filters.module.css';

/** Whose usage. None chosen is all that somebody sees; whoever may not list tenants writes their ids. */
export function TenantChoice({ asked, ask }: Asking) {
  const t = useWords(dashboardWords);
  const who = useWho();
  const tenants = useQuery({ ...tenantsQuery, enabled: who.can_list_tenants });
  if (!who.reach.all && who.reach.tenants === 1) return null;
  const chosen = asked.tenant ?? [];
  const common = {
    label: t.tenants,
    placeholder: chosen.length === 0 ? t.allTenants : undefined,
    value: chosen,
    onChange: (ids: string[]) =>
      ask({ tenant: ids.length > 0 ? ids : undefined, all_tenants: ids.length > 0 ? undefined : 'true' }),
    clearable: true,
    classNames: { inputField: classes.small },
  };
  if (!who.can_list_tenants) return <TagsInput {...common} />;
  const known = (tenants.data ?? []).map((x) => ({ value: x.id, label: x.company_name || x.id }));
  const unknown = chosen.filter((id) => !known.some((k) => k.value === id)).map((id) => ({ value: id, label: id }));
  return (
    <MultiSelect
      {...common}
      data={[...known, ...unknown]}
      searchable
      hidePickedOptions
      nothingFoundMessage={t.noTenant}
      limit={100}
    />
  );
}
