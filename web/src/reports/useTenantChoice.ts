import type { OptionsFilter } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTyped } from '../parts/useTyped';
import { useWho } from '../session/session';
import { tenantMeant } from './tenantMeant';
import { tenantQuery, tenantsOffered, tenantsQuery } from './tenants';

/** The properties of a field to choose tenants: it offers those that are meant by what is typed. Where there are more than are offered at once, the server looks for them. Enter takes the first. */
export function useTenantChoice(chosen: string[]) {
  const who = useWho();
  const { text, asked, field } = useTyped();
  const first = useQuery({ ...tenantsQuery(''), enabled: who.can_list_tenants });
  const more = first.data?.length === tenantsOffered;
  const found = useQuery({ ...tenantsQuery(asked), enabled: more });
  const offered = ((more && found.data) || first.data || []).map((x) => ({
    value: x.id,
    label: x.company_name || x.id,
  }));
  const missing = chosen.filter((id) => !offered.some((o) => o.value === id));
  const named = useQueries({ queries: missing.map((id) => ({ ...tenantQuery(id), enabled: who.can_list_tenants })) });
  const kept = missing.map((id, i) => ({ value: id, label: named[i]?.data?.company_name || id }));
  const waits = first.isPending || (more && (asked !== text || found.isPlaceholderData || found.isPending));
  return {
    ...field,
    data: [...kept, ...offered],
    filter: (({ options }) =>
      waits ? options : options.filter((o) => 'value' in o && tenantMeant(o, text))) satisfies OptionsFilter,
    // What is there until the server has answered is not what was looked for.
    selectFirstOptionOnChange: text !== '' && !waits,
  };
}
