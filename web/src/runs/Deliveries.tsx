import { Badge, Box, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call, type Schemas } from '../api/client';
import { queries } from '../api/queries';
import { useFormats } from '../i18n/format';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { Confirm } from '../parts/Confirm';
import { Failed, sentence } from '../parts/Failed';
import { Loading } from '../parts/Loading';
import { toastDone } from '../parts/toast';
import { serverNow } from '../session/clock';
import { useMay } from '../session/may';
import { deliveriesQuery } from './deliveries';
import { deliveryWords } from './deliveryWords';

type Delivery = Schemas['Delivery'];

const colors: Record<Delivery['state'], string> = {
  pending: 'gray',
  sending: 'blue',
  sent: 'tally',
  failed: 'red',
  unknown: 'orange',
};

/** What each recipient of a run has got, in the words of their server and by the clocks of a zone, and the ways to send once more. */
export function Deliveries({ run, zone }: { run: Pick<Schemas['Run'], 'id' | 'state'>; zone: string }) {
  const t = useWords(deliveryWords);
  const deliveries = useQuery(deliveriesQuery(run));
  if (deliveries.isPending) return <Loading lines={3} />;
  if (deliveries.isError && !deliveries.data)
    return <Failed error={deliveries.error} retry={() => deliveries.refetch()} />;
  if (deliveries.data.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="md">
        {t.none}
      </Text>
    );
  }
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.recipient}</Table.Th>
          <Table.Th visibleFrom="sm">{t.state}</Table.Th>
          <Table.Th visibleFrom="sm">{t.when}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {deliveries.data.map((d) => (
          <DeliveryRow key={d.id} delivery={d} zone={zone} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function DeliveryRow({ delivery: d, zone }: { delivery: Delivery; zone: string }) {
  const t = useWords(deliveryWords);
  const { said } = useServerText();
  const f = useFormats();
  const to = d.recipient;
  const when = d.finished ?? d.created;
  const told = [
    when ? f.instant(when, zone) : '',
    d.attempts === 1 ? t.oneTry : d.attempts > 1 ? t.tries(f.number(d.attempts)) : '',
    d.next && d.attempts > 0 ? t.next(f.instant(d.next, zone)) : '',
  ].filter(Boolean);
  const state = (
    <>
      <Badge variant="light" color={colors[d.state]} tt="none" fw={600} autoContrast style={{ flexShrink: 0 }}>
        {t[d.state]}
      </Badge>
      {d.answer && (
        <Text size="xs" c={d.state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'} maw={460}>
          {d.state === 'sent' ? t.says(said(d.answer)) : sentence(said(d.answer))}
        </Text>
      )}
      {d.state === 'unknown' && (
        <Text size="xs" c="dimmed" maw={460}>
          {t.unknownHint}
        </Text>
      )}
      {d.link && (
        <Text size="xs" c="dimmed">
          {linkText(d.link, zone, t, f)}
        </Text>
      )}
    </>
  );
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm">{to.name || to.address}</Text>
        <Text size="xs" c="dimmed">
          {to.way === 'webhook' ? t.webhook : to.name ? to.address : ''}
        </Text>
        <Box hiddenFrom="sm" mt={6}>
          {state}
          <Text size="xs" c="dimmed">
            {told.join(' · ')}
          </Text>
        </Box>
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
        {state}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {told.map((x, i) => (
          <Text key={x} size={i === 0 ? 'sm' : 'xs'} c={i === 0 ? undefined : 'dimmed'}>
            {x}
          </Text>
        ))}
      </Table.Td>
      <Table.Td>
        <DeliveryActions delivery={d} />
      </Table.Td>
    </Table.Tr>
  );
}

function linkText(
  link: NonNullable<Delivery['link']>,
  zone: string,
  t: (typeof deliveryWords)['en'],
  f: ReturnType<typeof useFormats>,
): string {
  if (link.revoked) return t.linkRevoked(f.minute(link.revoked, zone));
  if (!link.expires) return '';
  const until = f.minute(link.expires, zone);
  return link.expires <= serverNow() ? t.linkOver(until) : t.link(until, f.number(link.uses));
}

/** Sending once more what has failed or may not have arrived, and ending a link. */
function DeliveryActions({ delivery: d }: { delivery: Delivery }) {
  const t = useWords(deliveryWords);
  const mayEdit = useMay('EDIT', 'SCHEDULED_TASKS');
  const [asking, setAsking] = useState<'resend' | 'revoke'>();
  const who = d.recipient.name || d.recipient.address || t.webhook;
  const params = { params: { path: { id: d.id } } };
  const act = useMutation({
    mutationFn: (how: 'resend' | 'revoke') =>
      how === 'resend'
        ? call(api.POST('/api/v1/deliveries/{id}/resend', params)).then(() => {})
        : call(api.POST('/api/v1/deliveries/{id}/revoke-link', params)).then(() => {}),
    onSuccess: (_, how) => {
      toastDone(how === 'resend' ? t.resent(who) : t.revoked);
      setAsking(undefined);
    },
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ['deliveries', d.run] });
      queries.invalidateQueries({ queryKey: ['schedules'] });
    },
  });
  if (!mayEdit) return null;
  const again = d.state === 'failed' || d.state === 'unknown';
  const linked = d.link && !d.link.revoked && d.link.expires && d.link.expires > serverNow();
  const ask = (how: 'resend' | 'revoke') => {
    act.reset();
    setAsking(how);
  };
  return (
    <Group gap="xs" justify="flex-end">
      {again && (
        <Button
          variant="light"
          size="compact-sm"
          loading={act.isPending && act.variables === 'resend'}
          aria-label={t.resendTo(who)}
          onClick={() => ask('resend')}
        >
          {t.resend}
        </Button>
      )}
      {linked && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={t.revokeTo(who)}
          onClick={() => ask('revoke')}
        >
          {t.revoke}
        </Button>
      )}
      <Confirm
        opened={asking === 'resend'}
        title={t.resendTitle}
        yes={t.resendIt}
        no={t.leave}
        color="tally"
        busy={act.isPending}
        error={act.error}
        onYes={() => act.mutate('resend')}
        onNo={() => setAsking(undefined)}
      >
        {d.state === 'unknown' ? t.resendText(who) : t.resendTo(who)}
      </Confirm>
      <Confirm
        opened={asking === 'revoke'}
        title={t.revokeTitle}
        yes={t.revokeIt}
        no={t.leave}
        busy={act.isPending}
        error={act.error}
        onYes={() => act.mutate('revoke')}
        onNo={() => setAsking(undefined)}
      >
        {t.revokeText(who)}
      </Confirm>
    </Group>
  );
}
