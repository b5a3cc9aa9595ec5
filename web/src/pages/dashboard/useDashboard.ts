import { useLoaderData, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { queries } from '../../api/queries';
import type { Asked, CellPlace } from '../../reports/answers';
import { cellOf, cellText } from '../../reports/answers';
import { complete, type Question } from '../../reports/question';
import { useWho } from '../../session/session';
import { momentOf } from './moment';

/** What a dashboard shows, which is all in its address, and how that changes. */
export function useDashboard() {
  const { report } = useParams({ from: '/shell/dashboards/$report' });
  const { cell, compare, ...question } = useSearch({ from: '/shell/dashboards/$report' });
  const navigate = useNavigate({ from: '/dashboards/$report' });
  const who = useWho();
  // Where the tables are asked for already, it is of that moment.
  const asking = useLoaderData({ from: '/shell/dashboards/$report' });
  const [moment, setMoment] = useState({ report, at: asking.at ?? momentOf(report) });
  // Another report is of another moment.
  const at = moment.report === report ? moment.at : momentOf(report);
  if (moment.report !== report) setMoment({ report, at });

  const text = JSON.stringify(question);
  const asked = useMemo(
    (): Asked => ({ ...complete(JSON.parse(text) as Question, who, report), at }),
    [text, who, report, at],
  );

  return {
    report,
    asked,
    cell: cellOf(cell),
    /** Whether each number stands beside that of the period before. */
    compared: compare !== undefined,
    compare: useCallback(
      (on: boolean) =>
        navigate({ search: (s) => ({ ...s, compare: on ? 'previous' : undefined }), resetScroll: false }),
      [navigate],
    ),
    /** Asks something else. What is undefined falls back to what the dashboard opens on. */
    ask: useCallback(
      (change: Partial<Question>) => navigate({ search: (s) => ({ ...s, ...change, cell: undefined }) }),
      [navigate],
    ),
    reset: useCallback(() => navigate({ search: {} }), [navigate]),
    refresh: useCallback(() => {
      setMoment({ report, at: momentOf(report) });
      queries.invalidateQueries({ queryKey: ['table', report] });
    }, [report]),
    open: useCallback(
      (c: CellPlace) => navigate({ search: (s) => ({ ...s, cell: cellText(c) }), resetScroll: false }),
      [navigate],
    ),
    close: useCallback(() => navigate({ search: (s) => ({ ...s, cell: undefined }), resetScroll: false }), [navigate]),
  };
}

export type Dashboard = ReturnType<typeof useDashboard>;
