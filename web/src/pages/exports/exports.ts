import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client';
import { moves } from '../../runs/RunState';
import type { ExportsSearch } from './route';

/** Exports, the newest first. While one of them waits or runs the list is asked for each second, so that its progress is live. */
export function exportsQuery(search: ExportsSearch) {
  return infiniteQueryOptions({
    queryKey: ['exports', search],
    initialPageParam: '',
    staleTime: 0,
    placeholderData: keepPreviousData,
    getNextPageParam: (page: Schemas['ListRun']) => page.next || undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/api/v1/exports', {
          params: { query: { ...search, after: pageParam || undefined, limit: 50 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.pages.some((p) => p.items.some(moves)) ? 1000 : false),
  });
}
