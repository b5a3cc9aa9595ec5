import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words';
import { useRefusal } from '../../parts/Refused';
import { Conditions } from '../../runs/Conditions';
import { finished } from '../../runs/conditions';
import { tenantsWords } from './words';

interface Props {
  filter: string[];
  error: unknown;
  onChange: (filter: string[]) => void;
}

/** What the list is to show. It is asked for when it is entered: half a condition would show too much. */
export function TenantFilter({ filter, error, onChange }: Props) {
  const t = useWords(tenantsWords);
  const wrong = useRefusal(error);
  const [entered, setEntered] = useState(filter);
  const change = (next: string[]) => {
    setEntered(next);
    if (next.length === 0 && filter.length > 0) onChange([]);
  };
  return (
    <Card withBorder component="section" aria-label={t.filters} padding="md">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          onChange(finished(entered));
        }}
      >
        <Stack gap="sm" maw={820}>
          <Text size="sm" c="dimmed">
            {t.filterHint}
          </Text>
          <Conditions filter={entered} onChange={change} error={wrong('filter', 'query.filter')} />
          {entered.length > 0 && (
            <Group gap="sm">
              <Button type="submit" variant="light">
                {t.apply}
              </Button>
              <Button variant="subtle" color="gray" onClick={() => change([])}>
                {t.clear}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  );
}
