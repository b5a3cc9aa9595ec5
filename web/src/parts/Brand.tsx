import { Group, Text } from '@mantine/core';

/** The mark and the name. */
export function Brand() {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/icon.svg" alt="" width={28} height={28} />
      <Text fw={650} size="lg" style={{ letterSpacing: '-0.01em' }}>
        Tallystick
      </Text>
    </Group>
  );
}
