import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload, IconFileSpreadsheet, IconFileZip } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import { type Asked, fileLink } from '../../reports/answers';
import { dashboardWords } from './words';

/** Downloads what the filters show, all tables in one file. */
export function ExportMenu({ report, asked }: { report: string; asked: Asked }) {
  const t = useWords(dashboardWords);
  const files = [
    { format: 'xlsx', label: t.asXlsx, icon: IconFileSpreadsheet },
    { format: 'xls', label: t.asXls, icon: IconFileSpreadsheet },
    { format: 'csv', label: t.asZip, icon: IconFileZip },
  ];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconDownload size={18} stroke={1.6} />} rightSection={<IconChevronDown size={16} />}>
          {t.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.exportAll}</Menu.Label>
        {files.map(({ format, label, icon: Icon }) => (
          <Menu.Item
            key={format}
            component="a"
            href={fileLink(report, asked, format)}
            download
            leftSection={<Icon size={16} />}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
