import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call } from '../../../api/client';
import type { Row } from '../../../reports/answers';
import { serverNow } from '../../../session/clock';
import type { Who } from '../../../session/session';
import { byReason, bySource, type Span, spanUntil, total } from './counts';

/** What came in until now, of all tenants that somebody sees. It is asked again every ten seconds. */
export function countsQuery(who: Pick<Who, 'reach' | 'tenant'>, span: Span) {
  const alone = !who.reach.all && who.reach.tenants === 1;
  const whose = alone ? { tenant: [who.tenant] } : { all_tenants: true };
  return queryOptions({
    queryKey: ['ingest', 'counts', span],
    staleTime: 0,
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { from, to, minutes } = spanUntil(serverNow(), span);
      const table = async (name: string) => {
        const params = { path: { report: 'ingest-quality', table: name }, query: { ...whose, from, to } };
        const { table } = await call(api.GET('/api/v1/reports/{report}/tables/{table}', { params, signal }));
        return { columns: (table.columns ?? []).map((c) => c.name), rows: (table.rows ?? []) as Row[] };
      };
      const [sources, rejections] = await Promise.all([table('sources'), table('rejections')]);
      const list = bySource(sources.columns, sources.rows, who.tenant);
      return { sources: list, sums: total(list), reasons: byReason(rejections.columns, rejections.rows), minutes };
    },
  });
}

/** The events that were accepted last. They are asked for again every five seconds. */
export const recentQuery = queryOptions({
  queryKey: ['ingest', 'recent'],
  staleTime: 0,
  refetchInterval: 5_000,
  queryFn: async ({ signal }) =>
    (await call(api.GET('/api/v1/recent-events', { params: { query: { limit: 20 } }, signal }))).items,
});
