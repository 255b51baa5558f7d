import { useMutation } from "@tanstack/react-query";

import { signOut } from "../api/session";
import { useSignedIn } from "../session/SessionContext";
import { Button } from "../ui/Button";
import { LogOut } from "../ui/icons";
import { useToast } from "../ui/Toast";
import { ThemeSwitch } from "./ThemeSwitch";

/// Who is signed in, how the console looks, and the way out.
export function Person() {
  const { name, email } = useSignedIn();
  const tell = useToast();
  const leave = useMutation({
    mutationFn: signOut,
    onError: () => tell("You are still signed in: the server could not be reached.", "bad"),
  });
  return (
    <div className="person">
      <ThemeSwitch />
      <div className="row row-apart person-row">
        <div className="person-name">
          <b>{name}</b>
          <span className="small soft">{email}</span>
        </div>
        <Button look="quiet" small aria-label="Sign out" title="Sign out" pending={leave.isPending} onClick={() => leave.mutate()}>
          <LogOut aria-hidden="true" />
        </Button>
      </div>
    </div>
  );
}
