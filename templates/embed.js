// The element <orcid-connect>. Comments and indentation go before it is sent (web/embed.py), and
// the sentences of all languages are put in; nothing is loaded from anywhere but this script's
// place. No style attribute, no eval, no HTML from texts: it lives under any content policy.
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector('script[src*="/embed.js"]');
  const base = script.src.replace(/\/embed\.js[^/]*$/, "");
  const origin = new URL(base).origin;
  const WORDS = __WORDS__;
  const TYPE = "orcid-connect";
  const [CONNECT, GO_ON, PROVED, REFUSED, FAILED, UNREAL, LABEL, WHY] = [0, 1, 2, 3, 4, 5, 6, 7];
  const POLLS = 60;
  const SVG = "http://www.w3.org/2000/svg";
  const all = new Set();

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{display:inline-block;max-inline-size:100%;--a:#1f5c87;--b:#174666;--c:#fff}
    :host([hidden]){display:none}
    @supports (color:light-dark(#000,#fff)){:host{--a:light-dark(#1f5c87,#8cc3e8);--b:light-dark(#174666,#b3d8f1);--c:light-dark(#fff,#0d1a24)}}
    div{font:1em/1.4 var(--oc-font,inherit);text-align:start}
    a{display:inline-flex;align-items:center;gap:.6em;box-sizing:border-box;max-inline-size:100%;min-block-size:44px;overflow-wrap:anywhere}
    svg{flex:none;inline-size:1.5em;block-size:1.5em}
    [part=button]{padding:.5em 1.25em;border:1px solid transparent;border-radius:var(--oc-radius,6px);background:var(--oc-accent,var(--a));color:var(--oc-on-accent,var(--c));font-weight:600;text-decoration:none;transition:background-color .12s}
    [part=button]:hover{background:var(--oc-accent-strong,var(--b))}
    .refused [part=button]{border:0;padding-inline:0;background:none;color:inherit;font-weight:inherit;text-decoration:underline}
    bdi span{white-space:nowrap}
    [part=id]{color:var(--oc-accent,var(--a))}
    a,[part=name]{vertical-align:middle}
    a:focus-visible{outline:3px solid var(--oc-accent,var(--a));outline-offset:2px}
    p{margin:.25em 0 0;font-size:.875em}
    p:empty{margin:0}
    .small [part=why]{display:none}
    .small{font-size:.875em}
    .small a{min-block-size:32px}
    .small [part=button]{padding:.25em .75em}
    .large{font-size:1.25em}
    @media(prefers-reduced-motion:reduce){a{transition:none}}
    @media(forced-colors:active){[part=button]{border-color:ButtonText}}
  `);

  const make = (tag, given, ...inside) => {
    const one = /^(svg|path|circle)$/.test(tag)
      ? document.createElementNS(SVG, tag)
      : document.createElement(tag);
    for (const name in given) one.setAttribute(name, given[name]);
    one.append(...inside);
    return one;
  };
  const icon = (label) =>
    make("svg", {
      viewBox: "0 0 24 24",
      part: "icon",
      ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }),
    },
      make("circle", { cx: 12, cy: 12, r: 12, fill: "#A6CE39" }),
      make("circle", { cx: 7.4, cy: 6.6, r: 1.15, fill: "#fff" }),
      make("path", { d: "M6.6 9.2h1.6v8.2H6.6zM10.4 6.8h3.5c3.2 0 5 2.3 5 5.3s-1.9 5.3-5 5.3h-3.5zm1.6 1.5v7.6h1.8c2.3 0 3.5-1.6 3.5-3.8s-1.2-3.8-3.5-3.8z", fill: "#fff" }));
  const wholeId = (text) => {
    const uri = /^[\dX-]{19}$/.test(text) ? "https://orcid.org/" + text : text;
    return /^https?:\/\/[^/]+\/(\d{4}-){3}\d{3}[\dX]$/.test(uri) ? uri : "";
  };

  class OrcidConnect extends HTMLElement {
    static observedAttributes = ["href", "lang", "name", "orcid", "purpose", "return-to", "size", "state", "watch"];

    connectedCallback() {
      if (!this.room) {
        this.room = this.attachShadow({ mode: "open" });
        this.room.adoptedStyleSheets = [sheet];
        this.told = make("p", { part: "note", role: "status" });
        this.all = make("div", { part: "root" }, this.told);
        this.room.append(this.all);
      }
      all.add(this);
      this.start();
    }

    disconnectedCallback() {
      all.delete(this);
      this.popup = null;
    }

    attributeChangedCallback() {
      if (this.room) this.popup ? this.show() : this.start();
    }

    start() {
      const state = this.getAttribute("state");
      this.orcid = wholeId(this.getAttribute("orcid"));
      this.called = this.getAttribute("name") || "";
      this.show(state === "connected" && !this.orcid ? "" : state);
      if (this.is !== "connected") this.ask();
    }

    // Another site's page asks with a token; on our own site the visitor's cookie says who it is.
    async ask(asked = false) {
      const watch = this.getAttribute("watch");
      if (!watch && this.getAttribute("href") && origin !== location.origin) return;
      try {
        const answer = await fetch(base + "/me" + (watch ? "?watch=" + encodeURIComponent(watch) : ""), {
          credentials: watch ? "omit" : "include",
          cache: "no-store",
          headers: { Accept: "application/json" },
        });
        const facts = answer.ok ? await answer.json() : {};
        if (facts.connected && this.is !== "connected") this.end(facts, asked);
        else if (facts.state === "refused" && !this.popup) this.show("refused");
      } catch {
        // A content policy or the network: the button is there all the same.
      }
    }

    get address() {
      const own = base + "/connect";
      let at = new URL(this.getAttribute("href") || own, location);
      // A page of the host's own may lead here as well: it makes the ticket when it is asked.
      const given = this.getAttribute("href") && (at.origin === origin || at.origin === location.origin);
      if (!given) at = new URL(own);
      const put = (name, value) => value && !at.searchParams.has(name) && at.searchParams.set(name, value);
      if (!given) {
        put("return_to", this.getAttribute("return-to") || location.href);
        put("purpose", this.getAttribute("purpose"));
      }
      put("lang", this.spoken);
      return at;
    }

    show(state = this.is) {
      this.is = state || "";
      const wish = (this.closest("[lang]") || {}).lang || navigator.language;
      const spoken = this.spoken = WORDS[wish.slice(0, 2)] ? wish.slice(0, 2) : "en";
      const words = WORDS[spoken];
      const held = this.room.activeElement;
      const done = this.is === "connected";
      this.dataset.state = this.is || "none";
      this.all.className = this.is + " " + (this.getAttribute("size") || "");
      this.all.lang = spoken;
      this.all.dir = spoken === "ar" ? "rtl" : "ltr";
      const link = done
        ? make("a", { part: "id", href: this.orcid }, icon(words[LABEL]), make("bdi", { dir: "ltr" },
            this.orcid.slice(0, -19), make("wbr"), make("span", {}, this.orcid.slice(-19))))
        : make("a", { part: "button", href: this.address }, icon(), make("span", { part: "label" }, words[CONNECT]));
      if (!done) link.onclick = (click) => this.leave(click);
      const name = done && this.called ? [make("bdi", { part: "name" }, this.called), " "] : [];
      const why = this.is ? [] : [make("p", { part: "why" }, words[WHY])];
      this.all.replaceChildren(...name, link, ...why, this.told);
      const said = { connecting: GO_ON, connected: PROVED, refused: REFUSED, failed: FAILED }[this.is];
      this.told.textContent = (said ? words[said] : "")
        + (done && new URL(this.orcid).host !== "orcid.org" ? " " + words[UNREAL] : "");
      if (held) link.focus();
    }

    tell(what, outcome) {
      const detail = { outcome, orcid: this.orcid, name: this.called };
      this.dispatchEvent(new CustomEvent(TYPE + ":" + what, { bubbles: true, composed: true, detail }));
    }

    leave(click) {
      if (click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
      this.tell("start");
      if (this.getAttribute("display") === "page") return;
      const at = this.address;
      at.searchParams.set("display", "popup");
      const left = (screenX + (outerWidth - 500) / 2) | 0;
      const top = (screenY + (outerHeight - 700) / 2) | 0;
      const popup = open(at, TYPE, `popup,width=500,height=700,left=${left},top=${top}`);
      // Blocked: the link leads there by page.
      if (!popup) return;
      click.preventDefault();
      this.popup = popup;
      this.opened = true;
      this.show("connecting");
      this.wait(popup);
    }

    // Where a site cuts us off from the window it looks closed from the start, and says nothing.
    async wait(popup) {
      let pause = 1000, closed = 0, cut;
      for (let poll = 0; poll < POLLS; poll++) {
        await new Promise((go) => setTimeout(go, pause));
        if (this.popup !== popup) return;
        cut ??= popup.closed;
        pause = Math.min(pause * 1.2, 10000);
        await this.ask(true);
        if (this.popup !== popup) return;
        if (!popup.closed || cut) continue;
        pause = 1000;
        if (++closed > 2) break;
      }
      this.popup = null;
      this.show("");
      this.tell("closed");
    }

    end(facts, asked) {
      const orcid = wholeId(facts.orcid);
      const state = facts.connected && orcid ? "connected" : facts.outcome === "refused" ? "refused" : "failed";
      this.popup = null;
      if (state === "connected") [this.orcid, this.called] = [orcid, facts.name || ""];
      this.show(state);
      if (!asked) return;
      this.tell(state, facts.outcome || state);
      for (const other of all) if (other.is !== "connected") other.ask();
    }
  }

  const heard = (said, from) => {
    const one = said && said.type === TYPE && [...all].find((one) => one.popup && (!from || one.popup === from));
    if (one) one.end(said, true);
  };
  addEventListener("message", (said) => said.origin === origin && heard(said.data, said.source));
  if (origin === location.origin) {
    // Where a popup of our own lost its opener on the way; it closes when it was heard.
    const channel = new BroadcastChannel(TYPE);
    channel.onmessage = (said) => {
      if (!said.data || said.data.type !== TYPE) return;
      heard(said.data);
      // Asking may have been faster than its word.
      if ([...all].some((one) => one.opened)) channel.postMessage({ type: TYPE + "-heard" });
    };
  }
  addEventListener("focus", () => {
    for (const one of all) if (one.popup) one.ask(true);
  });
  if (!customElements.get(TYPE)) customElements.define(TYPE, OrcidConnect);
})();
