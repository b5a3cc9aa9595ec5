import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './error';

/** What the server said, kept while pages ask for it. Pages hold no other copy of it. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.passes,
    },
  },
});
