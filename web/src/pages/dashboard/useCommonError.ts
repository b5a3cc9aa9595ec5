import { useQueries } from '@tanstack/react-query';
import { tableQuery } from '../../reports/answers';
import type { Definition } from '../../reports/definitions';
import { isListing } from '../../reports/drawing';
import { sameError } from './sameError';
import type { Dashboard } from './useDashboard';

/** Why no table of a report is answered, where that is the same for all that were asked for, as of a tenant that there is not; and a way to ask them again. */
export function useCommonError(definition: Definition, { report, asked }: Dashboard) {
  const tables = (definition.tables ?? []).filter((table) => !isListing(table.columns ?? []));
  const answers = useQueries({ queries: tables.map((table) => tableQuery(report, table.name, asked)) });
  const error = sameError(answers.map((a) => a.error));
  const retry = () => {
    for (const answer of answers) answer.refetch();
  };
  return error && { error, retry };
}
