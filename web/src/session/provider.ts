import { queryOptions } from '@tanstack/react-query';
import { api, call } from '../api/client';

/** How one can sign in here, beside e-mail and password. */
export const waysQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: () => call(api.GET('/api/v1/sign-in')),
});
