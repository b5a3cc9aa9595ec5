import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import { dayBegins, dayEnds } from '../../i18n/midnight';
import type { AuditSearch } from './route';

/** A page of the log, the newest entry first. */
export function auditQuery({ from, to, after, ...search }: AuditSearch) {
  return queryOptions({
    queryKey: ['audit', search, from, to, after?.at(-1)],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(
        api.GET('/api/v1/audit', {
          params: {
            query: {
              ...search,
              from: from && dayBegins(from),
              before: to && dayEnds(to),
              after: after?.at(-1),
              limit: 50,
            },
          },
          signal,
        }),
      ),
  });
}

/** Members to choose from: the first whose name or e-mail holds a text. */
export function membersQuery(text: string) {
  return queryOptions({
    queryKey: ['members', 'choice', text],
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/members', { params: { query: { search: text || undefined, limit: 50 } }, signal })))
        .items,
  });
}

/** One member, to call it by its name. */
export function memberQuery(id: string) {
  return queryOptions({
    queryKey: ['members', 'one', id],
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) => call(api.GET('/api/v1/members/{id}', { params: { path: { id } }, signal })),
  });
}
