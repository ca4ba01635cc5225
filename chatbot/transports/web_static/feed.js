// The stream of messages: goes on from the last cursor after a reload, a sleep or a lost connection.

const LONGEST_PAUSE = 10_000;

export function follow(onChanges) {
  let feed = "";
  let cursor = 0;
  let pause = 500;

  function connect() {
    const address = new URL("/api/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("after", cursor);
    if (feed) address.searchParams.set("feed", feed);
    const socket = new WebSocket(address);
    socket.addEventListener("message", (event) => {
      const changes = JSON.parse(event.data);
      onChanges(changes, feed !== "" && feed !== changes.feed);
      feed = changes.feed;
      cursor = changes.cursor;
      pause = 500;
    });
    socket.addEventListener("close", () => {
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  }

  return (first) => {
    feed = first.feed;
    cursor = first.cursor;
    connect();
  };
}
