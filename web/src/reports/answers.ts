import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, call, type Schemas } from '../api/client';
import { stringifySearch } from '../app/search';
import type { Question } from './question';

/** A question at a moment: "the last 7 days" are of that moment, for the table and for all that is opened from it. */
export interface Asked extends Question {
  at?: string;
  /** Position of the journal that an answer is of. */
  as_of?: string;
}

export type Answer = Schemas['ReportTable'];
export type Row = (string | number | null)[];

const base = '/api/v1/reports';

/** The question as the API takes it. */
function queryOf({ all_tenants, at, ...question }: Asked) {
  return { ...question, all_tenants: all_tenants ? true : undefined, at: question.period ? at : undefined };
}

/** A table of a report. While another question is answered, the last answer stays. */
export function tableQuery(report: string, table: string, asked: Asked) {
  return queryOptions({
    queryKey: ['table', report, table, asked],
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(
        api.GET('/api/v1/reports/{report}/tables/{table}', {
          params: { path: { report, table }, query: queryOf(asked) },
          signal,
        }),
      ),
  });
}

/** A number of a table: its row from 1 as the server has the rows, and its column. */
export interface CellPlace {
  table: string;
  row: number;
  column: string;
}

/** Which of the events behind a number: those that it counts, or those that were near and left out; undefined: both. */
export type Only = 'counted' | 'left-out';

/** The events behind a number, page by page. */
export function eventsQuery(report: string, cell: CellPlace, asked: Asked, only: Only | undefined) {
  return infiniteQueryOptions({
    queryKey: ['events', report, cell, asked, only],
    staleTime: Number.POSITIVE_INFINITY,
    initialPageParam: '',
    getNextPageParam: (page: Schemas['CellEvents']) => page.next || undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/api/v1/reports/{report}/tables/{table}/rows/{row}/columns/{column}/events', {
          params: { path: { report, ...cell }, query: { ...queryOf(asked), only, after: pageParam || undefined } },
          signal,
        }),
      ),
  });
}

/** The address of a file with the same numbers: all tables, one, or the events behind a number. */
export function fileLink(report: string, asked: Asked, format: string, of?: string | CellPlace): string {
  const query = stringifySearch({ ...queryOf(asked), format });
  const at = `${base}/${encodeURIComponent(report)}`;
  if (of === undefined) return `${at}/file${query}`;
  if (typeof of === 'string') return `${at}/tables/${encodeURIComponent(of)}${query}`;
  return `${at}/tables/${encodeURIComponent(of.table)}/rows/${of.row}/columns/${encodeURIComponent(of.column)}/events${query}`;
}

/** A cell's place in an address: TABLE,ROW,COLUMN as the command line has it. */
export function cellText(cell: CellPlace): string {
  return `${cell.table},${cell.row},${cell.column}`;
}

export function cellOf(text: string | undefined): CellPlace | undefined {
  const found = /^([^,]+),([1-9]\d{0,8}),(.+)$/.exec(text ?? '');
  if (!found) return undefined;
  const [, table = '', row, column = ''] = found;
  return { table, row: Number(row), column };
}
