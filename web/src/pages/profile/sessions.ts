import { queryOptions } from '@tanstack/react-query';
import { api, call } from '../../api/client';

/** Where somebody is signed in, the newest first. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  staleTime: 0,
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/sessions', { signal }))).items,
});
