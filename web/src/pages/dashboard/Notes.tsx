import { List, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import { dashboardWords } from './words';

/** What a reader must know and the table can't say. */
export function Notes({ notes }: { notes: string[] }) {
  const t = useWords(dashboardWords);
  if (notes.length === 0) return null;
  return (
    <List
      size="sm"
      c="dimmed"
      px="lg"
      py="sm"
      spacing={4}
      aria-label={t.notes}
      icon={<IconInfoCircle size={16} stroke={1.6} aria-hidden />}
    >
      {notes.map((note) => (
        <List.Item key={note}>
          <Text inherit>{note}</Text>
        </List.Item>
      ))}
    </List>
  );
}
