import { queryOptions } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import { moves } from '../../runs/RunState';

/** One run, asked for each second while it waits or is made. */
export function runQuery(id: string) {
  return queryOptions({
    queryKey: ['runs', id],
    staleTime: 0,
    queryFn: ({ signal }) => call(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && moves(state.data) ? 1000 : false),
  });
}

/** The receipt of a run's file. It never changes, and each look at it is in the audit log. */
export function receiptQuery(id: string) {
  return queryOptions({
    queryKey: ['receipts', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => call(api.GET('/api/v1/runs/{id}/receipt', { params: { path: { id } }, signal })),
  });
}
