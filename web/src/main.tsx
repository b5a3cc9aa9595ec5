import '@mantine/core/styles.css';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/queries';
import { cssVariables } from './app/cssVariables';
import { shareNonce, styleNonce } from './app/nonce';
import { router } from './app/router';
import { theme } from './app/theme';
import { LanguageProvider } from './i18n/language';
import { ToastPlace } from './parts/ToastPlace';
import { watchDenied } from './session/denied';

shareNonce();
watchDenied();
const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      cssVariablesResolver={cssVariables}
    >
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <ToastPlace />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);
