import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import { Tip } from '../../parts/Tip';
import { dashboardWords } from './words';

interface Props {
  /** What the table is called. */
  name: string;
  href: string;
  /** Whether the page shows the period before, too, which the file does not have. */
  compared: boolean;
}

/** A table as the server writes it, byte for byte. */
export function CsvButton({ name, href, compared }: Props) {
  const t = useWords(dashboardWords);
  const button = (
    <Button
      component="a"
      href={href}
      download
      size="compact-sm"
      variant="subtle"
      color="gray"
      leftSection={<IconDownload size={16} stroke={1.6} />}
      aria-label={t.csvOf(name)}
    >
      {t.csv}
    </Button>
  );
  return compared ? <Tip label={t.csvAlone}>{button}</Tip> : button;
}
