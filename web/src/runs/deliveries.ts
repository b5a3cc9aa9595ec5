import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';

const waits = (d: Schemas['Delivery']) => d.state === 'pending' || d.state === 'sending';

/** What each recipient of a run has got, asked for again when the run has come further, and while something is on its way. */
export function deliveriesQuery({ id, state }: Pick<Schemas['Run'], 'id' | 'state'>) {
  return queryOptions({
    queryKey: ['deliveries', id, state],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/runs/{id}/deliveries', { params: { path: { id } }, signal }))).items,
    refetchInterval: ({ state }) => (state.data?.some(waits) ? 2000 : false),
  });
}
