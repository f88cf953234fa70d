using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Agency.Pages;

/// <summary>What all pages look like, and the small pieces of which they are made.</summary>
internal static class PageFrame
{
    public const string Nothing = "–";

    private static readonly (string Path, string Name)[] Places =
        [(AgencyPages.Root, "Overview"), (AgencyPages.Root + "/calls", "Calls"), (AgencyPages.Root + "/batches", "Batches")];

    /// <summary>A page of somebody who has signed in.</summary>
    /// <param name="place">Which of the three it belongs to, by its path.</param>
    public static Html Page(AgencyVisit visit, string title, string place, Html body)
    {
        Html Link((string Path, string Name) one) =>
            Html.Of($"""<a href="{one.Path}"{(one.Path == place ? new Html(" aria-current=\"page\"") : Html.None)}>{one.Name}</a> """);
        return Document($"{title} – {visit.Product}", Html.Of($"""
            <header><strong>{visit.Product}</strong>
            <nav>{Html.Each(Places, Link)}</nav>
            <span class="who">{visit.Email}</span>
            <form method="post" action="{AgencyPages.SignOut}">{visit.Token()}<button>Sign out</button></form></header>
            <main><h1>{title}</h1>
            {body}
            </main>
            """));
    }

    /// <summary>A page for anybody.</summary>
    public static Html Small(string title, Html body) => Document(title, Html.Of($"""
        <main class="small"><h1>{title}</h1>
        {body}
        </main>
        """));

    /// <summary>A form that asks by GET for the same page with other words.</summary>
    public static Html Asks(string path, Html fields) =>
        Html.Of($"""<form class="asks" method="get" action="{path}">{fields}<button>Show</button></form>""");

    /// <param name="values">Each with what it is called; the empty one asks for all.</param>
    public static Html Select(string label, string name, string chosen, IEnumerable<(string Value, string Says)> values)
    {
        Html Option((string Value, string Says) one) =>
            Html.Of($"""<option value="{one.Value}"{(one.Value == chosen ? new Html(" selected") : Html.None)}>{one.Says}</option>""");
        return Html.Of($"""<label>{label} <select name="{name}">{Html.Each(values, Option)}</select></label>""");
    }

    public static Html Input(string label, string type, string name, string value) =>
        Html.Of($"""<label>{label} <input type="{type}" name="{name}" value="{value}"></label>""");

    /// <summary>Names, and what stands behind each; without those that have nothing.</summary>
    public static Html Facts(params IEnumerable<(string Name, Html Value)> facts)
    {
        static Html Fact((string Name, Html Value) one) => Html.Of($"<dt>{one.Name}</dt><dd>{one.Value}</dd>");
        return Html.Of($"""<dl class="facts">{Html.Each(facts.Where(one => !string.IsNullOrEmpty(one.Value.Text)), Fact)}</dl>""");
    }

    /// <summary>A table that is one of cards where the page is narrow.</summary>
    public static Html Table(IReadOnlyList<string> names, IEnumerable<IReadOnlyList<Html>> rows)
    {
        static Html Head(string name) => Html.Of($"<th>{name}</th>");
        static Html Cell((string Name, Html Value) one) => Html.Of($"""<td data-name="{one.Name}">{one.Value}</td>""");
        Html Row(IReadOnlyList<Html> row) => Html.Of($"<tr>{Html.Each(names.Zip(row), Cell)}</tr>");
        return Html.Of($"""
            <div class="wide"><table class="cards"><thead><tr>{Html.Each(names, Head)}</tr></thead>
            <tbody>{Html.Each(rows, Row)}</tbody></table></div>
            """);
    }

    /// <summary>Links to what comes before and behind on a list; nothing where it is whole.</summary>
    /// <param name="query">Of the page without <c>offset</c>: empty, or from the question mark on.</param>
    public static Html Pager(string path, string query, JsonNode? pagination)
    {
        if (pagination is null) return Html.None;
        long total = Number(pagination["total"]), limit = Number(pagination["limit"]), offset = Number(pagination["offset"]);
        string asked = query + (query.Length == 0 ? "?" : "&");
        Html Link(long at, string says) => Html.Of($"""<a href="{path}{asked}offset={Math.Max(0, at)}">{says}</a> """);
        return Html.Of($"""
            <p class="note">{Count(total)} in all, from {Count(Math.Min(total, offset + 1))} on.
            {(offset > 0 ? Link(offset - limit, "Before") : Html.None)}
            {(offset + limit < total ? Link(offset + limit, "Behind") : Html.None)}</p>
            """);
    }

    public static Html Say(string? text) => Html.Of($"{text}");

    public static Html Say(JsonNode? node) => Html.Of($"{Text(node)}");

    /// <summary>Nothing at all where there is nothing, so that <see cref="Facts"/> leaves it out.</summary>
    public static Html SayIf(JsonNode? node) => node is null ? Html.None : Say(node);

    /// <summary>A value as a person reads it.</summary>
    public static string Text(JsonNode? node) => node switch
    {
        null => Nothing,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => node.ToJsonString(),
    };

    /// <summary>A word of an enumeration as people write it.</summary>
    public static string Plain(string word) => word.Replace('_', ' ');

    /// <summary>A moment without what nobody reads: "2026-02-20 10:00:00 UTC".</summary>
    public static string Moment(JsonNode? node) => AgencyText.Moment((string?)node) is { } at
        ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) : Nothing;

    public static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static Html Document(string title, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
        <link rel="stylesheet" href="{AgencyPages.Root}/agency.css"><script src="{AgencyPages.Root}/agency.js" defer></script></head>
        <body>
        {body}
        </body>
        </html>

        """);
}
