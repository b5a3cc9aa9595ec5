import { queryOptions } from '@tanstack/react-query';
import { api, call } from '../../api/client';

/** Every setting with its value, as the server lists them. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/settings', { signal }))).items,
});
