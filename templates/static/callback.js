// ORCID puts some errors behind the # of the address, where only the browser sees them.
// The page explains this without us; here its words are put in place.
"use strict";
(function () {
  var place = document.getElementById("oc-fragment");
  var given = new URLSearchParams(location.hash.slice(1));
  var word = given.get("error") || location.hash.slice(1);
  if (!place || !/^[a-z_]{3,40}$/.test(word)) return;
  var known = place.getAttribute("data-" + word);
  place.textContent = known || place.getAttribute("data-other") + " " + word;
  place.hidden = false;
})();
