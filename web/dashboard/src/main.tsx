import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import './styles/index.css';
import { App } from './App.tsx';
import { makeQueryClient } from './api/queries.ts';
import { startTheme } from './app/theme.ts';

startTheme();
createRoot(document.getElementById('app') as HTMLElement).render(
  // What is chosen is in the address, so a field shows it at once; a page that loads shows its skeleton.
  <BrowserRouter useTransitions={false}>
    <App queries={makeQueryClient()} />
  </BrowserRouter>,
);
