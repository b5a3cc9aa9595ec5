import { useQueries } from '@tanstack/react-query';
import { useWho } from '../session/session';
import { tenantQuery } from './tenants';

/** The names of tenants by their ids; an id stands for itself until its name is known, or where it can't be. */
export function useTenantNames(ids: string[]): (id: string) => string {
  const who = useWho();
  const different = [...new Set(ids)].filter((id) => id !== '');
  const found = useQueries({ queries: different.map((id) => ({ ...tenantQuery(id), enabled: who.can_list_tenants })) });
  const names = new Map(different.map((id, i) => [id, found[i]?.data?.company_name]));
  return (id) => names.get(id) || id;
}
