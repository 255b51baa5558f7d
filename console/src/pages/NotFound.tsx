import { useEffect } from "react";
import { Link } from "react-router";

export function NotFound() {
  useEffect(() => {
    document.title = "Not found · Touchstone";
  }, []);
  return (
    <main className="alone">
      <h1>There is no such page</h1>
      <p className="soft">The address may be mistyped, or the page may have moved.</p>
      <p>
        <Link to="/">Go to the start</Link>
      </p>
    </main>
  );
}
