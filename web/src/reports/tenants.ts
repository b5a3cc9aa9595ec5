import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';

/** How many tenants are offered at once. Whoever has more searches among them. */
export const tenantsOffered = 50;

/** The tenants in reach whose names or ids hold a text, by id: the first of them. */
export function tenantsQuery(text: string) {
  const search = text || undefined;
  return queryOptions({
    queryKey: ['tenants', 'choice', text],
    staleTime: 300_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Schemas['Tenant'][]> =>
      (await call(api.GET('/api/v1/tenants', { params: { query: { search, limit: tenantsOffered } }, signal })))
        .items ?? [],
  });
}

/** One tenant by its id, to call it by its name. */
export function tenantQuery(id: string) {
  return queryOptions({
    queryKey: ['tenants', 'one', id],
    staleTime: 300_000,
    retry: false,
    queryFn: ({ signal }) => call(api.GET('/api/v1/tenants/{id}', { params: { path: { id } }, signal })),
  });
}
