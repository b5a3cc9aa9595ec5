import type { OptionsFilter } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useWho } from '../session/session';
import { tenantQuery, tenantsQuery } from './tenants';

/** The properties of a field to choose tenants: it offers those that the server finds by what is typed, and those that are chosen already. */
export function useTenantChoice(chosen: string[]) {
  const who = useWho();
  const [search, setSearch] = useState('');
  const [text] = useDebouncedValue(search.trim(), 250);
  const found = useQuery({ ...tenantsQuery(text), enabled: who.can_list_tenants });
  const offered = (found.data ?? []).map((x) => ({ value: x.id, label: x.company_name || x.id }));
  const missing = chosen.filter((id) => !offered.some((o) => o.value === id));
  const named = useQueries({ queries: missing.map((id) => ({ ...tenantQuery(id), enabled: who.can_list_tenants })) });
  const kept = missing.map((id, i) => ({ value: id, label: named[i]?.data?.company_name || id }));
  return {
    data: [...kept, ...offered],
    searchable: true,
    searchValue: search,
    onSearchChange: setSearch,
    /** Among what is offered nothing is left out by the field itself: the server has searched. */
    filter: (({ options }) => options) satisfies OptionsFilter,
  };
}
