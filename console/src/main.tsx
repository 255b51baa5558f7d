import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider } from "react-router";

import { ApiError, Unreachable } from "./api/errors";
import { routes } from "./routes";
import { SessionProvider } from "./session/SessionContext";
import "./styles/tokens.css";
import "./styles/base.css";
import "./ui/common.css";
import "./ui/button.css";
import "./shell/shell.css";
import { ToastProvider } from "./ui/Toast";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server has refused it refuses again; what did not arrive may arrive.
      retry: (tries, error) => tries < 2 && worthAnotherTry(error),
    },
  },
});

function worthAnotherTry(error: Error): boolean {
  return error instanceof Unreachable || (error instanceof ApiError && error.status === 503);
}

const router = createBrowserRouter(routes, { basename: import.meta.env.BASE_URL.replace(/\/$/, "") });
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SessionProvider>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </SessionProvider>
    </QueryClientProvider>
  </StrictMode>,
);
