import { useQuery } from '@tanstack/react-query';
import { useServerText } from '../i18n/server/useServerText';
import { reportsQuery } from './definitions';

/** What reports are called, by their names in addresses; one that is not there any more by that name. */
export function useTitles(): (report: string) => string {
  const server = useServerText();
  const reports = useQuery(reportsQuery);
  return (report) => {
    const title = reports.data?.find((d) => d.name === report)?.title;
    return title === undefined ? report : server.report(report).text(title);
  };
}
