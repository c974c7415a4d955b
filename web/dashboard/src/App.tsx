import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Pages } from './routes.tsx';
import { ToastProvider } from './ui/Toast.tsx';

/** Everything below the router, which tests bring their own of. */
export function App({ queries }: { queries: QueryClient }) {
  return (
    <QueryClientProvider client={queries}>
      <ToastProvider>
        <Suspense fallback={<div className="boot" aria-busy="true" />}>
          <Pages />
        </Suspense>
      </ToastProvider>
    </QueryClientProvider>
  );
}
