import { Badge, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../../api/client';
import { queries } from '../../../api/queries';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { ownZone } from '../../../i18n/zones';
import { Confirm } from '../../../parts/Confirm';
import { toastDone } from '../../../parts/toast';
import { partWords } from '../../../parts/words';
import { serverNow } from '../../../session/clock';
import { useMay } from '../../../session/may';
import { ingestWords } from '../words';
import { type Key, type KeyState, scopes, stateOf } from './keys';
import { keysQuery } from './keysQuery';

/** Keys in rows. On a phone what the columns say stands below the name. */
export function KeyTable({ keys }: { keys: Key[] }) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const f = useFormats();
  const mayRevoke = useMay('REMOVE', 'INGEST');
  const [asked, setAsked] = useState<Key>();
  const [opened, setOpened] = useState(false);
  const revoke = useMutation({
    mutationFn: (id: string) => call(api.DELETE('/api/v1/keys/{id}', { params: { path: { id } } })).then(() => {}),
    onSuccess: () => {
      toastDone(t.revokedNow);
      setOpened(false);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  const now = serverNow();
  const when = (i: string | null) => (i ? f.instant(i, ownZone) : '');
  return (
    <>
      <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.keys}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.keyName}</Table.Th>
            <Table.Th visibleFrom="sm">{t.scopes}</Table.Th>
            <Table.Th visibleFrom="xs">{t.state}</Table.Th>
            <Table.Th visibleFrom="md">{t.used}</Table.Th>
            <Table.Th visibleFrom="lg">{t.made}</Table.Th>
            {mayRevoke && (
              <Table.Th>
                <VisuallyHidden>{t.actions}</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((k) => {
            const state = stateOf(k, now);
            const names = scopes.filter((s) => k.scopes.includes(s)).map((s) => t[s]);
            return (
              <Table.Tr key={k.id} style={{ verticalAlign: 'top' }}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <Text size="sm" fw={600}>
                    {k.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {k.tenant || t.allTenants}
                  </Text>
                  <Text size="xs" c="dimmed" hiddenFrom="sm">
                    {names.join(', ')}
                  </Text>
                  <Group gap="xs" hiddenFrom="xs" mt={4}>
                    <State state={state} />
                  </Group>
                </Table.Td>
                <Table.Td visibleFrom="sm">{names.join(', ')}</Table.Td>
                <Table.Td visibleFrom="xs">
                  <State state={state} />
                  <Text size="xs" c="dimmed">
                    {k.revoked ? when(k.revoked) : k.expires ? t.until(when(k.expires)) : t.neverExpires}
                  </Text>
                </Table.Td>
                <Table.Td visibleFrom="md">{when(k.used) || t.neverUsed}</Table.Td>
                <Table.Td visibleFrom="lg">
                  <Text size="sm">{when(k.created)}</Text>
                  {k.maker && (
                    <Text size="xs" c="dimmed">
                      {t.by(k.maker)}
                    </Text>
                  )}
                </Table.Td>
                {mayRevoke && (
                  <Table.Td w={110} ta="right">
                    {state !== 'revoked' && (
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={t.revokeThat(k.name)}
                        onClick={() => {
                          revoke.reset();
                          setAsked(k);
                          setOpened(true);
                        }}
                      >
                        {t.revoke}
                      </Button>
                    )}
                  </Table.Td>
                )}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      <Confirm
        opened={opened}
        title={t.revokeTitle}
        yes={t.revokeIt}
        no={p.cancel}
        busy={revoke.isPending}
        error={revoke.error}
        onYes={() => asked && revoke.mutate(asked.id)}
        onNo={() => setOpened(false)}
      >
        {t.revokeText(asked?.name ?? '')}
      </Confirm>
    </>
  );
}

const colors: Record<KeyState, string> = { active: 'tally', expired: 'orange', revoked: 'gray' };

function State({ state }: { state: KeyState }) {
  const t = useWords(ingestWords);
  return (
    <Badge variant="light" color={colors[state]} tt="none" fw={600}>
      {t[state]}
    </Badge>
  );
}
