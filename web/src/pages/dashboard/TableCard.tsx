import { Box, Button, Card, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type RefObject, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { later } from '../../parts/later';
import { type Answer, type Asked, fileLink, type Row, tableQuery } from '../../reports/answers';
import { type Drawing, drawingOf, isListing, isNumber, mayBeDrawn } from '../../reports/drawing';
import { counterparts, datesOf, previousOf } from '../../reports/previous';
import { CsvButton } from './CsvButton';
import type { Picture } from './chart/Chart';
import type { View } from './chart/ViewChoice';
import { Figures } from './Figures';
import { Notes } from './Notes';
import { Nothing } from './Nothing';
import { pictureLines } from './pictureLines';
import classes from './TableCard.module.css';
import { DataTable } from './table/DataTable';
import type { Dashboard } from './useDashboard';
import { useReportText } from './useReportText';
import { dashboardWords } from './words';
import { isNothing } from './zeros';

const ChartView = later(() => import('./chart/ChartView'));
const ViewChoice = later(() => import('./chart/ViewChoice'));

interface Props {
  head: Schemas['ReportTableHead'];
  alone: boolean;
  /** It has the whole width, also where it does not need it. */
  stretched?: boolean;
  dashboard: Dashboard;
}

/** Whether a table fills the width: a listing, or one row of numbers, which is a band of figures. */
export function needsWidth({ columns }: Schemas['ReportTableHead']): boolean {
  return isListing(columns ?? []) || (columns ?? []).every(isNumber);
}

/** A table of a report: asked for, drawn as fits its columns, and always to be had as a table and as CSV. */
export function TableCard({ head, alone, stretched, dashboard }: Props) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const { report, asked } = dashboard;
  // A listing is asked for when it is wanted.
  const listing = isListing(head.columns ?? []);
  const [wanted, setWanted] = useState(!listing);
  const answer = useQuery({ ...tableQuery(report, head.name, asked), enabled: wanted });
  const drawn = mayBeDrawn(head.columns ?? []);
  // What draws charts is fetched while the server counts.
  useEffect(() => {
    if (!drawn) return;
    ChartView.fetch();
    ViewChoice.fetch();
  }, [drawn]);
  const wide = alone || stretched || needsWidth(head);
  return (
    <Card
      withBorder
      padding={0}
      className={classes.card}
      style={wide ? { gridColumn: '1 / -1' } : undefined}
      component="section"
      aria-label={r.label(head.name)}
    >
      {answer.data ? (
        <Answered
          head={head}
          answer={answer.data}
          asking={answer.isPlaceholderData}
          dashboard={dashboard}
          alone={alone}
        />
      ) : (
        <>
          <Heading head={head} />
          {!wanted && (
            <Stack align="center" py="lg" px="md" gap="xs">
              <Button variant="default" onClick={() => setWanted(true)}>
                {t.showRows}
              </Button>
              <Text size="sm" c="dimmed" ta="center">
                {t.showRowsHint}
              </Text>
            </Stack>
          )}
          {wanted && answer.isPending && <Loading height={260} />}
          {answer.isError && <Failed error={answer.error} retry={() => answer.refetch()} />}
        </>
      )}
    </Card>
  );
}

function Heading({ head, children }: { head: Schemas['ReportTableHead']; children?: React.ReactNode }) {
  const r = useReportText();
  return (
    <Group justify="space-between" align="flex-start" px="lg" pt="md" pb="sm" gap="sm">
      <Box flex="1 1 200px" miw={0}>
        <Title order={2}>{r.label(head.name)}</Title>
        <Text size="sm" c="dimmed">
          {r.text(head.about)}
        </Text>
      </Box>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}

interface AnsweredProps extends Props {
  answer: Answer;
  /** Another answer is under way, and this one is the last one's. */
  asking: boolean;
}

function Answered({ head, answer, asking, dashboard, alone }: AnsweredProps) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const f = useFormats();
  const rows = (answer.table.rows ?? []) as Row[];
  const columns = answer.table.columns ?? [];
  const drawing = useMemo(() => drawingOf(columns, rows), [columns, rows]);
  const [view, setView] = useState<View>('chart');
  const name = r.label(head.name);
  const asked: Asked = { ...dashboard.asked, as_of: answer.position || undefined };
  const drawn = drawing.kind === 'lines' || drawing.kind === 'bars';
  const open = (row: number, column: string) => dashboard.open({ table: head.name, row, column });
  const before = useBefore(head.name, answer, dashboard);
  const picture = useRef<Picture>(null);
  const [first] = answer.tenants ?? [];
  const dates = useMemo(() => first && datesOf(first, dashboard.asked), [first, dashboard.asked]);
  return (
    <Box aria-busy={asking} className={classes.filled}>
      <Heading head={head}>
        {asking && <Loader size="xs" aria-hidden />}
        {drawn && (
          <Suspense fallback={<Box w={110} h={30} />}>
            <ViewChoice label={t.view(name)} value={view} onChange={setView} />
          </Suspense>
        )}
        {drawn && view === 'chart' && rows.length > 0 && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconPhoto size={16} stroke={1.6} />}
            aria-label={t.pngOf(name)}
            onClick={async () => {
              const { savePicture } = await import('./chart/picture');
              const lines = [name, ...pictureLines(answer, dashboard.asked, dashboard.compared, t, f)];
              if (picture.current) savePicture(picture.current, lines, head.name);
            }}
          >
            {t.png}
          </Button>
        )}
        {rows.length > 0 && (
          <CsvButton
            name={name}
            href={fileLink(dashboard.report, asked, 'csv', head.name)}
            compared={dashboard.compared}
          />
        )}
      </Heading>
      {isNothing(columns, rows) && <Nothing tenants={answer.tenants ?? []} asked={dashboard.asked} />}
      {rows.length === 0 ? (
        <Empty title={answer.position ? t.noRows : t.noEvents} hint={answer.position ? t.noRowsHint : t.noEventsHint} />
      ) : (
        <Shown
          drawing={drawing}
          view={view}
          columns={columns}
          rows={rows}
          answer={answer}
          name={name}
          tall={alone}
          open={open}
          before={before}
          dates={dates}
          picture={picture}
        />
      )}
      <Notes notes={answer.notes ?? []} />
      {rows.length > 0 && (view === 'table' || drawing.kind === 'table') && (
        <Text size="xs" c="dimmed" px="lg" py="xs">
          {rows.length === 1 ? t.oneRow : t.rows(f.number(rows.length))}
        </Text>
      )}
    </Box>
  );
}

/** Finds the rows of the period before, as of the same position; undefined until they are there, or where nothing is compared. */
function useBefore(table: string, answer: Answer, { report, asked, compared }: Dashboard) {
  const [first] = answer.tenants ?? [];
  const question = first && { ...previousOf(asked, first), as_of: answer.position || undefined };
  const earlier = useQuery({
    ...tableQuery(report, table, question ?? {}),
    enabled: compared && question !== undefined,
  });
  const then = compared && !earlier.isPlaceholderData ? earlier.data : undefined;
  return useMemo(() => {
    if (!then) return undefined;
    return counterparts(
      answer.table.columns ?? [],
      { asked, rows: (answer.table.rows ?? []) as Row[], tenants: answer.tenants ?? [] },
      { rows: (then.table.rows ?? []) as Row[], tenants: then.tenants ?? [] },
    );
  }, [answer, asked, then]);
}

interface ShownProps {
  drawing: Drawing;
  view: View;
  columns: NonNullable<Answer['table']['columns']>;
  rows: Row[];
  answer: Answer;
  name: string;
  tall: boolean;
  /** Opens the events behind a number: its row from 1. */
  open: (row: number, column: string) => void;
  before?: (row: Row) => Row | undefined;
  dates?: { first: string; last: string };
  picture: RefObject<Picture | null>;
}

function Shown({ drawing, view, columns, rows, answer, name, tall, open, before, dates, picture }: ShownProps) {
  const t = useWords(dashboardWords);
  if (drawing.kind === 'figures')
    return <Figures columns={columns} row={rows[0] ?? []} open={open} before={before?.(rows[0] ?? [])} />;
  if (drawing.kind === 'table' || view === 'table') {
    return (
      <DataTable
        label={t.rowsOf(name)}
        columns={columns}
        rows={rows}
        tenants={answer.tenants ?? []}
        tall={tall}
        open={open}
        before={before}
      />
    );
  }
  return (
    <Suspense fallback={<Loading height={260} />}>
      <ChartView
        drawing={drawing}
        columns={columns}
        rows={rows}
        open={open}
        before={before}
        dates={dates}
        picture={picture}
      />
    </Suspense>
  );
}
