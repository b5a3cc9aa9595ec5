import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client';
import { queries } from '../../api/queries';
import type { MembersSearch } from './route';

export type Member = Schemas['Member'];

/** Members in reach, by e-mail. */
export function membersQuery(search: MembersSearch) {
  return infiniteQueryOptions({
    queryKey: ['members', 'list', search],
    initialPageParam: '',
    staleTime: 0,
    placeholderData: keepPreviousData,
    getNextPageParam: (page: Schemas['ListMember']) => page.next || undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/api/v1/members', {
          params: { query: { ...search, after: pageParam || undefined, limit: 50 } },
          signal,
        }),
      ),
  });
}

/** Members have changed: whatever shows them asks again. */
export const membersChanged = () => queries.invalidateQueries({ queryKey: ['members'] });
