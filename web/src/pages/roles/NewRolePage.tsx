import { Card } from '@mantine/core';
import { useWords } from '../../i18n/words';
import { Denied } from '../../parts/Denied';
import { Page } from '../../parts/Page';
import { useMay } from '../../session/may';
import { RoleForm } from './RoleForm';
import { rolesWords } from './words';

/** Makes a role. */
export function NewRolePage() {
  const t = useWords(rolesWords);
  const mayAdd = useMay('ADD', 'ROLES');
  return (
    <Page title={t.newTitle}>
      {mayAdd ? (
        <RoleForm />
      ) : (
        <Card withBorder>
          <Denied />
        </Card>
      )}
    </Page>
  );
}
