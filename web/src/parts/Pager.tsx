import { Button, Group } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useWords } from '../i18n/words';
import { partWords } from './words';

interface Props {
  /** What is paged, for screen readers. */
  label: string;
  /** The places behind which the pages until this one begin, as the address has them; none: it is the first page. */
  after: string[] | undefined;
  /** The place behind which the next page begins; none: this is the last. */
  next: string | undefined;
  /** The next page is not known yet. */
  busy?: boolean;
  onChange: (after: string[] | undefined) => void;
}

/** Leads to the next page and back. The server knows forward alone, so that the address has the way: then Back and a shared link work too. */
export function Pager({ label, after = [], next, busy, onChange }: Props) {
  const t = useWords(partWords);
  if (after.length === 0 && !next) return null;
  return (
    <Group component="nav" justify="center" p="md" gap="sm" aria-label={label}>
      <Button
        variant="default"
        size="sm"
        disabled={after.length === 0}
        leftSection={<IconChevronLeft size={16} />}
        onClick={() => onChange(after.length > 1 ? after.slice(0, -1) : undefined)}
      >
        {t.previousPage}
      </Button>
      <Button
        variant="default"
        size="sm"
        disabled={!next || busy}
        rightSection={<IconChevronRight size={16} />}
        onClick={() => next && onChange([...after, next])}
      >
        {t.nextPage}
      </Button>
    </Group>
  );
}
