import { Anchor, Button, Card, Group, List, Stack, Table, Text, Title } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Fact, Facts } from '../../parts/Facts';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { receiptQuery } from './run';
import { runPageWords } from './words';

/** The receipt of a run's file, for reading and to take away. */
export function ReceiptCard({ run, file }: { run: string; file: string }) {
  const t = useWords(runPageWords);
  const receipt = useQuery(receiptQuery(run));
  return (
    <Card withBorder component="section" aria-labelledby="receipt">
      <Stack>
        <Group justify="space-between" align="flex-start">
          <Stack gap={2} flex="1 1 260px">
            <Title order={2} id="receipt">
              {t.receipt}
            </Title>
            <Text size="sm" c="dimmed">
              {t.receiptAbout}
            </Text>
          </Stack>
          <Button
            component="a"
            href={`/api/v1/runs/${run}/receipt`}
            download={`${file}.receipt.json`}
            variant="default"
            leftSection={<IconReceipt size={18} stroke={1.6} />}
          >
            {t.receiptDownload}
          </Button>
        </Group>
        {receipt.isPending && <Loading lines={8} />}
        {receipt.isError && <Failed error={receipt.error} retry={() => receipt.refetch()} />}
        {receipt.data && <Receipt receipt={receipt.data} />}
      </Stack>
    </Card>
  );
}

/** So many notes and tenants are shown before one asks for the rest. */
const few = 6;

function Receipt({ receipt: r }: { receipt: Schemas['Receipt'] }) {
  const t = useWords(runPageWords);
  const f = useFormats();
  const server = useServerText();
  const text = server.report(r.report.name);
  const notes = r.notes ?? [];
  const [shownNotes, setShownNotes] = useState(few);
  return (
    <Stack gap="lg">
      <Facts>
        <Fact term={t.definition}>{t.version(text.text(r.report.title), f.number(r.report.version))}</Fact>
        <Fact term={t.position}>
          {r.position ? <span className="mono">{r.position}</span> : t.noEvents}
          {r.complete_until && (
            <Text span size="sm" c="dimmed">
              {' '}
              · {t.complete(`${f.instant(r.complete_until, 'UTC')} UTC`)}
            </Text>
          )}
        </Fact>
        <Fact term={t.events}>{f.number(r.events)}</Fact>
        <Fact term={t.rows}>
          {(r.tables ?? []).map((x) => t.rowsOf(text.text(x.name), f.number(x.rows))).join(' · ')}
        </Fact>
        {notes.length > 0 && (
          <Fact term={t.notes}>
            <List size="sm">
              {notes.slice(0, shownNotes).map((n) => (
                <List.Item key={n}>{server.said(n)}</List.Item>
              ))}
            </List>
            {shownNotes < notes.length && (
              <Anchor component="button" type="button" size="sm" onClick={() => setShownNotes(notes.length)}>
                {t.moreNotes(f.number(notes.length))}
              </Anchor>
            )}
          </Fact>
        )}
        <Fact term={t.tablesDigest}>
          <span className="mono">{r.tables_sha256}</span>
        </Fact>
        <Fact term={t.fileDigest}>
          <span className="mono">{r.file.sha256}</span>
        </Fact>
        <Fact term={t.definitionDigest}>
          <span className="mono">{r.report.definition_sha256}</span>
        </Fact>
        <Fact term={t.versions}>{t.versionsText(r.versions.program, r.versions.engine, r.versions.tzdata)}</Fact>
      </Facts>
      <Spans spans={r.tenants ?? []} />
    </Stack>
  );
}

/** Whose numbers these are, each with its period by its own clocks and in UTC. */
function Spans({ spans }: { spans: Schemas['TenantSpan'][] }) {
  const t = useWords(runPageWords);
  const f = useFormats();
  const [all, setAll] = useState(false);
  const shown = all ? spans : spans.slice(0, few);
  return (
    <Stack gap="xs">
      <Title order={3} size="sm">
        {t.tenants}
      </Title>
      <Table verticalSpacing="xs" aria-label={t.tenants}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.tenant}</Table.Th>
            <Table.Th>{t.inZone}</Table.Th>
            <Table.Th visibleFrom="sm">{t.inUTC}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((s) => (
            <Table.Tr key={s.tenant} style={{ verticalAlign: 'top' }}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Text size="sm">{s.company || s.tenant}</Text>
                <Text c="dimmed" className="mono">
                  {s.tenant}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{span(s.from_utc, s.before_utc, s.zone, f)}</Text>
                <Text size="xs" c="dimmed">
                  {s.zone}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  UTC: {span(s.from_utc, s.before_utc, 'UTC', f)}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">{span(s.from_utc, s.before_utc, 'UTC', f)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {shown.length < spans.length && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setAll(true)}>
          {t.moreTenants(f.number(spans.length))}
        </Anchor>
      )}
    </Stack>
  );
}

/** The instants of a period, which a receipt says to the second. */
function span(from: string, before: string, zone: string, f: ReturnType<typeof useFormats>): string {
  return `${f.instant(from, zone)} – ${f.instant(before, zone)}`;
}
