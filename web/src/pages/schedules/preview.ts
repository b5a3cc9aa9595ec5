import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import type { ScheduleBody } from './form';

/** What a schedule would do, by the server's own rules. The first period of one that is being changed begins where its last one has ended. */
export function previewQuery(body: ScheduleBody, schedule: string | undefined) {
  return queryOptions({
    queryKey: ['schedule-preview', schedule, body],
    staleTime: 10_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(api.POST('/api/v1/schedules/preview', { params: { query: { schedule } }, body, signal })),
  });
}
