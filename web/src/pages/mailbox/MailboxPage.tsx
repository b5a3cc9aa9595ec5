import { Anchor, Card, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { Pager } from '../../parts/Pager';
import { Stale } from '../../parts/Stale';
import { MailDrawer } from './MailDrawer';
import { mailsQuery } from './mails';
import { mailboxWords } from './words';

/** The mails that would have been sent. */
export function MailboxPage() {
  const t = useWords(mailboxWords);
  const { after, mail } = useSearch({ from: '/shell/mailbox' });
  const navigate = useNavigate({ from: '/mailbox' });
  const mails = useQuery(mailsQuery(after?.at(-1)));
  const items = mails.data?.items ?? [];
  return (
    <Page title={t.title} about={t.about}>
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        <Stale query={mails} />
        {mails.isPending && <Loading lines={8} />}
        {mails.isError && !mails.data && <Failed error={mails.error} retry={() => mails.refetch()} />}
        {mails.data && items.length === 0 && <Empty title={t.none} hint={t.noneHint} />}
        {items.length > 0 && (
          <Mails mails={items} onOpen={(id) => navigate({ search: (s) => ({ ...s, mail: id }), resetScroll: false })} />
        )}
        <Pager
          label={t.listed}
          after={after}
          next={mails.data?.next}
          busy={mails.isPlaceholderData}
          onChange={(next) => navigate({ search: { after: next } })}
        />
      </Card>
      <MailDrawer
        id={mail}
        onClose={() => navigate({ search: (s) => ({ ...s, mail: undefined }), resetScroll: false })}
      />
    </Page>
  );
}

function Mails({ mails, onOpen }: { mails: Schemas['MailEntry'][]; onOpen: (id: string) => void }) {
  const t = useWords(mailboxWords);
  const f = useFormats();
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.subject}</Table.Th>
          <Table.Th visibleFrom="sm">{t.to}</Table.Th>
          <Table.Th visibleFrom="sm">{t.date}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {mails.map((m) => {
          const date = m.date ? f.instant(m.date, ownZone) : '';
          return (
            <Table.Tr key={m.id} style={{ verticalAlign: 'top' }}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Anchor component="button" type="button" size="sm" fw={600} ta="left" onClick={() => onOpen(m.id)}>
                  {m.subject || t.noSubject}
                </Anchor>
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {m.to} · {date}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
                {m.to}
              </Table.Td>
              <Table.Td visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
                {date}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
