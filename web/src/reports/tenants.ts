import { queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';

/** The tenants in reach to choose from: the first 500 of them, by name. */
export const tenantsQuery = queryOptions({
  queryKey: ['tenants', 'choice'],
  staleTime: 300_000,
  queryFn: async (): Promise<Schemas['Tenant'][]> =>
    (await call(api.GET('/api/v1/tenants', { params: { query: { limit: 500 } } }))).items ?? [],
});
