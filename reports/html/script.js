(function () {
  "use strict";
  var form = document.getElementById("filters");
  var items = Array.prototype.slice.call(document.querySelectorAll(".item"));
  var count = document.getElementById("f-count");
  var none = document.getElementById("f-none");
  var search = document.getElementById("f-search");
  var texts = new Map();
  var value = function (id) { return document.getElementById("f-" + id).value; };
  // Full width and half width, capital and small letters are found alike.
  var plain = function (text) { return text.normalize("NFKC").toLowerCase(); };
  var textOf = function (item) {
    if (!texts.has(item)) texts.set(item, plain(item.textContent));
    return texts.get(item);
  };

  function fits(item, wanted, words) {
    var data = item.dataset;
    var verdict = wanted.verdict;
    var isConflict = "conflict" in data;
    if (verdict === "left" && !isConflict && (data.verdict === "pass" || data.verdict === "not_applicable")) return false;
    if (verdict === "conflict" && !isConflict) return false;
    if (verdict && verdict !== "left" && verdict !== "conflict" && data.verdict !== verdict) return false;
    if (wanted.level && data.level !== wanted.level) return false;
    if (wanted.actor && data.actor !== wanted.actor) return false;
    if (wanted.assurance && data.assurance !== wanted.assurance) return false;
    if (wanted.theme && data.theme !== wanted.theme) return false;
    return words.every(function (word) { return textOf(item).includes(word); });
  }

  function apply() {
    var wanted = { verdict: value("verdict"), level: value("level"), actor: value("actor"), assurance: value("assurance"), theme: value("theme") };
    var words = plain(search.value).split(/\s+/).filter(Boolean);
    var shown = 0;
    items.forEach(function (item) {
      var fit = fits(item, wanted, words);
      item.hidden = !fit;
      if (fit) shown += 1;
    });
    document.querySelectorAll(".theme, .list").forEach(function (group) {
      group.hidden = !group.querySelector(".item:not([hidden])");
    });
    count.textContent = count.dataset.text.replace("{shown}", shown).replace("{of}", count.dataset.of);
    none.hidden = shown > 0;
  }

  // A link to an item opens it, also where a filter hides it.
  function follow() {
    var name;
    try { name = decodeURIComponent(location.hash.slice(1)); } catch (error) { return; }
    var target = name && document.getElementById(name);
    if (!target) return;
    if (target.hidden || target.closest("[hidden]")) { form.reset(); apply(); }
    if (target.classList.contains("item")) target.open = true;
    target.scrollIntoView();
  }

  function open(all) { items.forEach(function (item) { if (!item.hidden) item.open = all; }); }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  document.getElementById("f-open").addEventListener("click", function () { open(true); });
  document.getElementById("f-close").addEventListener("click", function () { open(false); });
  window.addEventListener("hashchange", follow);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) setTimeout(follow, 0);
  });
  // Whatever is folded is printed all the same, in older browsers too.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = items.filter(function (item) { return !item.open; });
    folded.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (item) { item.open = false; });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); search.focus(); }
  });
  apply();
  follow();
})();
