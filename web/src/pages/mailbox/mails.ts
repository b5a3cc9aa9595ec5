import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call } from '../../api/client';

/** A page of the mails, the newest first. */
export function mailsQuery(after: string | undefined) {
  return queryOptions({
    queryKey: ['mailbox', 'list', after],
    staleTime: 0,
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/api/v1/mailbox', { params: { query: { after, limit: 50 } }, signal })),
  });
}

/** One mail. It never changes, and each look at it is in the audit log. */
export function mailQuery(id: string) {
  return queryOptions({
    queryKey: ['mailbox', 'mail', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => call(api.GET('/api/v1/mailbox/{id}', { params: { path: { id } }, signal })),
  });
}

/** The address of a mail, or of a part of it. */
export function mailLink(id: string, part: string): string {
  return `/api/v1/mailbox/${encodeURIComponent(id)}/${part}`;
}
