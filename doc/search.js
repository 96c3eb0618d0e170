// SPDX-License-Identifier: LGPL-2.1-or-later
// Replaces gi-docgen's script, which searches only names and needs a web server: this one
// finds words of the guides as well, and works for pages that are opened from disk.
"use strict";

const MOST = 40;

function countOf(text, word) {
    return text.split(word).length - 1;
}

// How well a word matches a name: better at the start of one of its parts than inside of one.
function scoreName(name, word) {
    const at = name.indexOf(word);

    if (at < 0)
        return 0;
    if (name === word || name.endsWith("_" + word))
        return 40;
    return at === 0 || !/[a-z0-9]/.test(name[at - 1]) ? 20 : 10;
}

// Every word has to occur; 0 is "not found".
function scoreEntry(entry, words) {
    const name = entry.name.toLowerCase();
    const text = entry.text.toLowerCase();
    let sum = 0;

    for (const word of words) {
        const score = scoreName(name, word) + Math.min(countOf(text, word), 5);

        if (score === 0)
            return 0;
        sum += score;
    }
    return sum;
}

function findInOrder(entries, words) {
    return entries.map(entry => ({entry, score: scoreEntry(entry, words)}))
        .filter(found => found.score > 0)
        .sort((a, b) => b.score - a.score)
        .map(found => found.entry);
}

// Whether the characters of a query occur in a name in their order.
function isLike(name, characters) {
    let from = 0;

    for (const character of characters) {
        from = name.indexOf(character, from) + 1;
        if (from === 0)
            return false;
    }
    return true;
}

// Returns the groups of results: {title, entries}.
function findInIndex(index, query) {
    const words = query.toLowerCase().split(/\s+/).filter(word => word !== "");
    const groups = [];

    if (words.length === 0)
        return groups;
    for (const [kind, title] of [["guide", "Guides"], ["name", "Interface"]]) {
        const entries = findInOrder(index.filter(entry => entry.kind === kind), words);

        groups.push({title, entries});
    }
    if (groups.every(group => group.entries.length === 0)) {
        groups[1].entries = index.filter(
            entry => entry.kind === "name" && isLike(entry.name.toLowerCase(), words.join("")));
    }
    // A query that is a name of the interface is for that name.
    if (/_|[a-z][A-Z]/.test(query))
        groups.reverse();
    return groups.filter(group => group.entries.length > 0);
}

// The part of a text in which the first word occurs: [before, word, after].
function cutAround(text, words) {
    const lower = text.toLowerCase();
    const places = words.map(word => [lower.indexOf(word), word.length])
        .filter(place => place[0] >= 0).sort((a, b) => a[0] - b[0]);

    if (places.length === 0)
        return [text.length < 160 ? text : `${text.slice(0, text.lastIndexOf(" ", 160))} …`, "", ""];
    const [at, length] = places[0];
    const start = at < 80 ? 0 : text.indexOf(" ", at - 70) + 1;
    const end = text.indexOf(" ", at + length + 90);

    return [(start > 0 ? "… " : "") + text.slice(start, at), text.slice(at, at + length),
        text.slice(at + length, end < 0 ? text.length : end) + (end < 0 ? "" : " …")];
}

function makeElement(tag, text, parent) {
    const element = document.createElement(tag);

    element.textContent = text;
    if (parent !== undefined)
        parent.append(element);
    return element;
}

function showEntry(entry, words, list) {
    const item = makeElement("li", "", list);
    const link = makeElement("a", "", item);
    const summary = makeElement("p", "", item);
    const [before, word, after] = cutAround(entry.text, words);

    link.href = entry.href;
    makeElement(entry.kind === "name" ? "code" : "span", entry.name, link);
    summary.append(before);
    makeElement("mark", word, summary);
    summary.append(after);
}

function showGroups(groups, query, place) {
    const words = query.toLowerCase().split(/\s+/).filter(word => word !== "");

    place.textContent = "";
    makeElement("h1", `Results for “${query}”`, place);
    if (groups.length === 0)
        makeElement("p", "Nothing was found. Try one word, or a part of it.", place);
    for (const group of groups) {
        makeElement("h2", `${group.title} (${group.entries.length})`, place);
        const list = makeElement("ul", "", place);

        list.className = "results";
        group.entries.slice(0, MOST).forEach(entry => showEntry(entry, words, list));
        if (group.entries.length > MOST)
            makeElement("p", `${group.entries.length - MOST} more: add a word.`, place);
    }
}

function startSearch() {
    const input = document.querySelector("#search-input");
    const place = document.querySelector("#search");
    const others = document.querySelectorAll("#main, #toc");
    let asked = false;

    function show(shown) {
        place.classList.toggle("hidden", !shown);
        others.forEach(other => other.classList.toggle("hidden", shown));
    }

    function search() {
        const query = input.value.trim();
        const address = new URL(window.location.href);

        if (query === "")
            address.searchParams.delete("q");
        else
            address.searchParams.set("q", query);
        window.history.replaceState(null, "", address);
        show(query !== "");
        if (query !== "" && window.searchIndex !== undefined) {
            window.scroll({top: 0});
            showGroups(findInIndex(window.searchIndex, query), query, place);
        }
    }

    // The index is loaded when it is needed, as a script: files on disk cannot be fetched.
    function load() {
        if (asked)
            return;
        asked = true;
        const script = document.createElement("script");

        script.src = "search-index.js";
        script.addEventListener("load", search);
        document.head.append(script);
    }

    input.addEventListener("focus", load);
    input.addEventListener("input", search);
    document.querySelector("#search-form").addEventListener("submit", event => {
        const results = place.querySelectorAll(".results a");

        event.preventDefault();
        if (results.length === 1)
            window.location.href = results[0].href;
    });
    input.value = new URLSearchParams(window.location.search).get("q") || "";
    if (input.value !== "")
        load();
    window.hideResults = () => {
        input.value = "";
        search();
    };
}

// gi-docgen's main.js calls it when the page is loaded.
if (typeof window !== "undefined")
    window.onInitSearch = startSearch;
