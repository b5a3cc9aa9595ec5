import { Box, Card, Center, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Brand } from './Brand';
import { Preferences } from './Preferences';

/** A page for whoever is not signed in: one card, and nothing else to look at. */
export function Outside({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tallystick`;
  }, [title]);
  return (
    <Box component="main" mih="100dvh" p="md">
      <Box pos="absolute" top={12} right={12}>
        <Preferences />
      </Box>
      <Center mih="calc(100dvh - 32px)">
        <Stack w="100%" maw={400} gap="lg">
          <Center>
            <Brand />
          </Center>
          <Card withBorder padding="xl" radius="lg" shadow="sm">
            <Stack gap="lg">
              <Stack gap={4}>
                <Title order={1}>{title}</Title>
                {about && (
                  <Text c="dimmed" size="sm">
                    {about}
                  </Text>
                )}
              </Stack>
              {children}
            </Stack>
          </Card>
        </Stack>
      </Center>
    </Box>
  );
}
