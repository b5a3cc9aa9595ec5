import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../../api/client';

/** The keys in reach, page by page. */
export const keysQuery = infiniteQueryOptions({
  queryKey: ['keys'],
  initialPageParam: '',
  staleTime: 0,
  getNextPageParam: (page: Schemas['ListKey']) => page.next || undefined,
  queryFn: ({ pageParam, signal }) =>
    call(api.GET('/api/v1/keys', { params: { query: { after: pageParam || undefined, limit: 100 } }, signal })),
});
