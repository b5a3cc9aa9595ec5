import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client';
import { queries } from '../../api/queries';
import { moves } from '../../runs/RunState';
import type { SchedulesSearch } from './route';

export type Schedule = Schemas['Schedule'];

/** Schedules by name. While the newest run of one waits or is made they are asked for each second, so that what comes of it is seen. */
export function schedulesQuery({ search, tenant, mine }: SchedulesSearch, me: string) {
  const query = { search, tenant, owner: mine ? me : undefined };
  return infiniteQueryOptions({
    queryKey: ['schedules', 'list', query],
    initialPageParam: '',
    staleTime: 0,
    placeholderData: keepPreviousData,
    getNextPageParam: (page: Schemas['ListSchedule']) => page.next || undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/api/v1/schedules', {
          params: { query: { ...query, after: pageParam || undefined, limit: 50 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((p) => p.items.some((k) => k.last && moves(k.last))) ? 1000 : false,
  });
}

export function scheduleQuery(id: string) {
  return queryOptions({
    queryKey: ['schedules', 'one', id],
    staleTime: 0,
    queryFn: ({ signal }) => call(api.GET('/api/v1/schedules/{id}', { params: { path: { id } }, signal })),
  });
}

/** The runs of a schedule, the newest first. */
export function scheduleRunsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['schedules', 'runs', id],
    initialPageParam: '',
    staleTime: 0,
    getNextPageParam: (page: Schemas['ListRun']) => page.next || undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/api/v1/schedules/{id}/runs', {
          params: { path: { id }, query: { after: pageParam || undefined, limit: 25 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.pages.some((p) => p.items.some(moves)) ? 1000 : false),
  });
}

/** A schedule or its runs have changed: whatever shows them asks again. */
export const schedulesChanged = () => queries.invalidateQueries({ queryKey: ['schedules'] });
