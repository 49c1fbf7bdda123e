// Puts new entries at the top of the list, and connects again when the server was deployed anew.
const list = document.querySelector("ol");

function connect() {
  const newest = list.querySelector("li")?.id.replace("entry-", "") ?? "0";
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/live?after=" + newest);
  socket.onmessage = message => {
    document.querySelector(".empty")?.remove();
    list.insertAdjacentHTML("afterbegin", message.data);
  };
  socket.onclose = () => setTimeout(connect, 1000 + 4000 * Math.random());
}

connect();
