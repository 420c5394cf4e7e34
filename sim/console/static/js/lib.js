// What every part of the page is made with.
import { h, render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import htm from "htm";

export const html = htm.bind(h);
export { render, useEffect, useLayoutEffect, useMemo, useRef, useState };

/** A value that can be watched. set merges into it. */
export function store(initial) {
  let value = initial;
  const watchers = new Set();
  return {
    get: () => value,
    set(change) {
      value = { ...value, ...change };
      for (const watcher of watchers) watcher();
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Renders anew when what pick takes out of a store is another value. */
export function useStore(source, pick) {
  const [, renew] = useState(0);
  const seen = useRef();
  const latest = useRef();
  latest.current = pick;
  seen.current = pick(source.get());
  useLayoutEffect(() => {
    const look = () => {
      const now = latest.current(source.get());
      if (now === seen.current) return;
      seen.current = now;
      renew((n) => n + 1);
    };
    look(); // it may have changed between rendering and now
    return source.watch(look);
  }, [source]);
  return seen.current;
}

/** Runs do at most once in a while; what comes meanwhile is one more run. */
export function calmly(pause, run) {
  let busy = false;
  let again = false;
  const go = async () => {
    busy = true;
    again = false;
    try {
      await run();
    } catch {
      // The stream of events is what tells that the server is gone.
    }
    await new Promise((done) => setTimeout(done, pause));
    busy = false;
    if (again) go();
  };
  return () => {
    again = true;
    if (!busy) go();
  };
}

/** A media query as a value. */
export function useMedia(query) {
  const list = useMemo(() => matchMedia(query), [query]);
  const [matches, set] = useState(list.matches);
  useEffect(() => {
    const change = () => set(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [list]);
  return matches;
}

/** Calls do again and again while the page shows. */
export function useTick(milliseconds, active = true) {
  const [, renew] = useState(0);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => renew((n) => n + 1), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds, active]);
}
