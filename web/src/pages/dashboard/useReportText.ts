import { useParams } from '@tanstack/react-router';
import type { ReportText } from '../../i18n/server/serverText';
import { useServerText } from '../../i18n/server/useServerText';

/** The texts of the report that the dashboard shows. */
export function useReportText(): ReportText {
  const { report } = useParams({ from: '/shell/dashboards/$report' });
  return useServerText().report(report);
}
