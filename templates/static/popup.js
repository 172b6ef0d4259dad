// A popup that comes back from ORCID tells the page that opened it how it went, and goes away.
// The page works without this: it has a button that leads back.
"use strict";
(function () {
  var told = document.currentScript.dataset;
  var message = {
    type: "orcid-connect",
    outcome: told.outcome,
    connected: told.connected === "true",
    orcid: told.orcid || null,
    name: told.name || null,
    state: told.state
  };
  var opener = window.opener;
  var heard = Boolean(opener && !opener.closed);
  if (heard) opener.postMessage(message, told.target);
  if (window.BroadcastChannel) {
    // For a page of this very origin whose popup lost its opener on the way through ORCID.
    var channel = new BroadcastChannel("orcid-connect");
    channel.onmessage = function (event) {
      if (event.data && event.data.type === "orcid-connect-heard" && told.closes) window.close();
    };
    channel.postMessage(message);
  }
  if (heard && told.closes) window.close();
  document.querySelectorAll(".oc-actions a").forEach(function (link) {
    if (link.getAttribute("href") !== told.back || !heard) return;
    link.addEventListener("click", function (event) {
      event.preventDefault();
      window.close();
      setTimeout(function () { location.href = told.back; }, 300);
    });
  });
})();
