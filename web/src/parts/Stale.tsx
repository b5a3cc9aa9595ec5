import { Button, Group, Text } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useFormats } from '../i18n/format';
import { useWords } from '../i18n/words';
import { ownZone } from '../i18n/zones';
import { partWords } from './words';

interface Props {
  /** The query behind what is shown. */
  query: { isError: boolean; data: unknown; dataUpdatedAt: number; refetch: () => unknown };
}

/** Says quietly, above what is shown, that it could not be refreshed and of when it is. Nothing where it is fresh, or nothing is shown. */
export function Stale({ query }: Props) {
  const t = useWords(partWords);
  const f = useFormats();
  if (!query.isError || query.data === undefined) return null;
  const when = f.instant(new Date(query.dataUpdatedAt).toISOString(), ownZone);
  return (
    <Group gap="xs" px="md" py={6} role="status">
      <IconCloudOff size={16} stroke={1.6} aria-hidden />
      <Text size="sm">{t.lastSeen(when)}</Text>
      <Button variant="subtle" size="compact-sm" onClick={() => query.refetch()}>
        {t.tryAgain}
      </Button>
    </Group>
  );
}
