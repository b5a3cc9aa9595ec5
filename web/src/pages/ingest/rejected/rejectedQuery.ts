import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../../api/client';
import { type Filter, laidOut } from './rejected';

/** Of whom rejected events are kept, and how many. */
export const whoseQuery = queryOptions({
  queryKey: ['quarantine', 'tenants'],
  staleTime: 0,
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/quarantine/tenants', { signal }))).items ?? [],
});

/** The rejected events that came with a tenant's keys and that a filter means, in the order of receipt. */
export function rejectedQuery(tenant: string, filter: Filter | undefined) {
  return infiniteQueryOptions({
    queryKey: ['quarantine', 'list', tenant, filter],
    initialPageParam: '',
    staleTime: 0,
    placeholderData: keepPreviousData,
    getNextPageParam: (page: Schemas['QuarantineList']) => page.next || undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/api/v1/quarantine', {
          params: { query: { tenant: tenant || undefined, ...filter, after: pageParam || undefined, limit: 100 } },
          signal,
        }),
      ),
  });
}

/** What somebody sent, as text, laid out where it is JSON. Bytes that are no text show as the mark for such. */
export function eventQuery(tenant: string, id: string) {
  return queryOptions({
    queryKey: ['quarantine', 'event', tenant, id],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { tenant: tenant || undefined } };
      const bytes: unknown = await call(api.GET('/api/v1/quarantine/{id}', { params, signal, parseAs: 'arrayBuffer' }));
      return laidOut(new TextDecoder().decode(bytes instanceof ArrayBuffer ? bytes : new ArrayBuffer(0)));
    },
  });
}
