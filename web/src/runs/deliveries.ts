import { queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';

const waits = (d: Schemas['Delivery']) => d.state === 'pending' || d.state === 'sending';

/** What each recipient of a run has got, asked for again while something is on its way. */
export function deliveriesQuery(run: string) {
  return queryOptions({
    queryKey: ['deliveries', run],
    staleTime: 0,
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/runs/{id}/deliveries', { params: { path: { id: run } }, signal }))).items,
    refetchInterval: ({ state }) => (state.data?.some(waits) ? 2000 : false),
  });
}
