import { queryOptions, useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';
import { ApiError } from '../api/error';
import { queries } from '../api/queries';
import { sessionBegun } from './again';
import { noteServerTime } from './clock';

export type Who = Schemas['Who'];

/** Who is signed in; null where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async (): Promise<Who | null> => {
    const { who } = await call(api.GET('/api/v1/session-state'));
    if (!who) return null;
    sessionBegun(true);
    noteServerTime(who.now);
    return who;
  },
});

/** Who is signed in. Only for what is below the shell, where somebody is. */
export function useWho(): Who {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new Error('nobody is signed in here');
  return data;
}

/** Signs in, and answers who it is now. */
export function useSignIn() {
  return useMutation({
    mutationFn: (body: Schemas['SignInBody']) => call(api.POST('/api/v1/session', { body })),
    onSuccess: (who) => {
      sessionBegun(true);
      queries.setQueryData(sessionQuery.queryKey, who);
    },
  });
}

/** Signs out. What was asked as somebody is forgotten with the page that is loaded anew. */
export function useSignOut() {
  return useMutation({
    mutationFn: async () => {
      sessionBegun(false);
      try {
        await call(api.DELETE('/api/v1/session'));
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 401)) throw error;
      }
    },
    onSuccess: () => location.assign('/sign-in'),
  });
}
