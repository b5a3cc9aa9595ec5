import { queryOptions } from '@tanstack/react-query';
import { api, call } from '../api/client';
import type { Role } from './permissions';

/** Every role that may be seen, by name. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }): Promise<Role[]> => {
    const roles: Role[] = [];
    let after: string | undefined;
    do {
      const page = await call(api.GET('/api/v1/roles', { params: { query: { after, limit: 500 } }, signal }));
      roles.push(...page.items);
      after = page.next || undefined;
    } while (after);
    return roles.sort((a, b) => a.name.localeCompare(b.name));
  },
});
