import { Button } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import { later } from '../../parts/later';
import { MenuButton } from '../../parts/MenuButton';
import type { Asked } from '../../reports/answers';
import { dashboardWords } from './words';

const ExportMenu = later(() => import('./ExportMenu'));

/** Downloads what the filters show, all tables in one file. */
export function ExportButton({ report, asked }: { report: string; asked: Asked }) {
  const t = useWords(dashboardWords);
  return (
    <MenuButton
      fetch={ExportMenu.fetch}
      menu={(button) => <ExportMenu button={button} report={report} asked={asked} />}
    >
      <Button leftSection={<IconDownload size={18} stroke={1.6} />} rightSection={<IconChevronDown size={16} />}>
        {t.export}
      </Button>
    </MenuButton>
  );
}
