import { queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';
import { queries } from '../api/queries';

export type Definition = Schemas['ReportDefinition'];
export type Column = Schemas['Column'];

/** Every report that there is, as the server defines it. */
export const reportsQuery = queryOptions({
  queryKey: ['reports'],
  staleTime: 300_000,
  queryFn: async () => (await call(api.GET('/api/v1/reports'))).items ?? [],
});

/** One report by its name. The list, which the navigation has anyway, knows it. */
export function reportQuery(report: string) {
  return queryOptions({
    queryKey: ['reports', report],
    staleTime: 300_000,
    queryFn: async () => {
      const all = await queries.ensureQueryData(reportsQuery);
      const known = all.find((r) => r.name === report);
      return known ?? call(api.GET('/api/v1/reports/{report}', { params: { path: { report } } }));
    },
  });
}
