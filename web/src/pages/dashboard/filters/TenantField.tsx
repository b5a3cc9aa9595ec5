import { MultiSelect, TagsInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useWords } from '../../../i18n/words';
import { useTenantChoice } from '../../../reports/useTenantChoice';
import { useWho } from '../../../session/session';
import { dashboardWords } from '../words';
import type { Asking } from './asking';
import classes from './Filters.module.css';

/** The field of {@link TenantChoice}: whoever may not list tenants writes their ids. */
export default function TenantField({ asked, ask, entered }: Asking & { entered: boolean }) {
  const t = useWords(dashboardWords);
  const who = useWho();
  const chosen = asked.tenant ?? [];
  const choice = useTenantChoice(chosen);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (entered) input.current?.focus();
  }, [entered]);
  const common = {
    ref: input,
    label: t.tenants,
    placeholder: chosen.length === 0 ? t.allTenants : undefined,
    value: chosen,
    onChange: (ids: string[]) =>
      ask({ tenant: ids.length > 0 ? ids : undefined, all_tenants: ids.length > 0 ? undefined : 'true' }),
    clearable: true,
    classNames: {
      inputField: classes.small,
      ...(chosen.length === 1 && { pillsList: classes.line, pill: classes.short }),
    },
  };
  if (!who.can_list_tenants) return <TagsInput {...common} />;
  return <MultiSelect {...common} {...choice} hidePickedOptions nothingFoundMessage={t.noTenant} />;
}
