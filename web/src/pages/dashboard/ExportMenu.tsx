import { Menu } from '@mantine/core';
import { IconFileSpreadsheet, IconFileZip } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import type { MenuProps } from '../../parts/MenuButton';
import { MenuGroup } from '../../parts/MenuGroup';
import { OpenedMenu } from '../../parts/OpenedMenu';
import { type Asked, fileLink } from '../../reports/answers';
import { dashboardWords } from './words';

/** The menu of {@link ExportButton}. */
export default function ExportMenu({ button, report, asked }: MenuProps & { report: string; asked: Asked }) {
  const t = useWords(dashboardWords);
  const files = [
    { format: 'xlsx', label: t.asXlsx, icon: IconFileSpreadsheet },
    { format: 'xls', label: t.asXls, icon: IconFileSpreadsheet },
    { format: 'csv', label: t.asZip, icon: IconFileZip },
  ];
  return (
    <OpenedMenu button={button}>
      <MenuGroup label={t.exportAll}>
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
      </MenuGroup>
    </OpenedMenu>
  );
}
