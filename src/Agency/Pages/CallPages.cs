using System.Globalization;
using System.Text.Json.Nodes;
using static Ringwright.Agency.Pages.PageFrame;

namespace Ringwright.Agency.Pages;

/// <summary>Calls, the newest first; and one by itself, with its sound and what was said.</summary>
internal static class CallPages
{
    public const string Place = AgencyPages.Root + "/calls";

    private const string From = "from", To = "to";

    private static readonly string[] Filters = [From, To, "direction", "outcome", "number", "client_id", "batch_id"];

    private static readonly (string Value, string Says)[] Directions = [("", "Both"), ("outbound", "Out"), ("inbound", "In")];

    private static readonly (string Value, string Says)[] Outcomes =
        [("", "All"), .. AgencyEnums.All["contact_outcome"].Select(word => (word, Plain(word)))];

    public static async Task ListAsync(AgencyVisit visit)
    {
        var filters = Filters.Append("offset").Select(name => (name, MomentOf(name, visit.Asked(name))));
        var answer = await visit.AskAsync("ListCalls", query: AgencyVisit.Query(filters));
        if (answer is not { IsDone: true, Body: { } found })
        {
            await visit.RefuseAsync(answer, Place);
            return;
        }
        var clients = await OverviewPage.ClientsAsync(visit);
        var asks = Html.Of($"""
            {Input("From (UTC)", "date", From, visit.Asked(From))} {Input("before", "date", To, visit.Asked(To))}
            {Select("Direction", "direction", visit.Asked("direction"), Directions)}
            {Select("Outcome", "outcome", visit.Asked("outcome"), Outcomes)}
            {Input("Number", "text", "number", visit.Asked("number"))} {clients}
            """);
        await visit.ShowAsync("Calls", Place, Html.Of($"""
            {Asks(Place, asks)}
            {Table(["When", "Direction", "From", "To", "Outcome", "Seconds", "Came to", "Sound"], found["calls"]!.AsArray().Select(RowOf))}
            {Pager(Place, visit.QueryOf(Filters), found["pagination"])}
            """));
    }

    public static async Task ShowAsync(AgencyVisit visit)
    {
        var answer = await visit.AskAsync("GetCall", visit.Id);
        if (answer is not { IsDone: true, Body: { } call })
        {
            await visit.RefuseAsync(answer, Place);
            return;
        }
        var said = await visit.AskAsync("GetTranscript", visit.Id);
        await visit.ShowAsync($"Call to {Text(call["to_number"])}", Place, Html.Of($"""
            {Facts(
                ("When", Say(Moment(call["created_at"]))), ("Direction", Say(call["direction"])), ("From", Say(call["from_number"])),
                ("To", Say(call["to_number"])), ("State", Say(Plain(Text(call["state"])))), ("Outcome", Words(call["outcome"])),
                ("Ended by", Words(call["end_reason"])), ("Seconds", SayIf(call["duration_seconds"])),
                ("Came to", Words(call["disposition"])), ("Batch", BatchOf(call["batch_id"])), ("Price", PriceOf(call)))}
            <h2>Sound</h2>
            {SoundOf(visit, call)}
            <h2>Transcript</h2>
            {(said is { IsDone: true, Body: { } heard } ? TurnsOf(heard) : Html.Of($"<p class=\"bad\">{AgencyVisit.MessageOf(said)}</p>"))}
            {(call["analysis"] is JsonObject found ? AnalysisOf(found) : Html.None)}
            {NotesOf(call["notes"])}
            """));
    }

    /// <summary>A day begins at midnight; a moment stays one.</summary>
    private static string MomentOf(string name, string said)
    {
        const string day = "2026-02-20";
        return name is From or To && said.Length == day.Length ? said + "T00:00:00Z" : said;
    }

    private static IReadOnlyList<Html> RowOf(JsonNode? call) =>
    [
        Html.Of($"""<a href="{Place}/{Text(call!["id"])}">{Moment(call["created_at"])}</a>"""), Say(call["direction"]),
        Say(call["from_number"]), Say(call["to_number"]), Say(Plain(Text(call["outcome"] ?? call["state"]))),
        Say(call["duration_seconds"]), Say(Plain(Text(call["disposition"]))),
        Say((bool?)call["has_recording"] is true ? "yes" : Nothing),
    ];

    private static Html SoundOf(AgencyVisit visit, JsonNode call)
    {
        if ((bool?)call["has_recording"] is not true) return Html.Of($"<p>There is no recording.</p>");
        if (!visit.May("calls.recording.read")) return Html.Of($"<p>There is a recording, and it is not for you.</p>");
        string path = $"{Place}/{Text(call["id"])}/recording";
        return Html.Of($"""
            <audio controls preload="none" src="{path}"></audio>
            <p class="note"><a href="{path}">The recording as a file.</a> Each time that it is played is in the trail.</p>
            """);
    }

    private static Html TurnsOf(JsonNode heard)
    {
        var turns = heard["transcript"]!.AsArray();
        if (turns.Count == 0) return Html.Of($"<p>Nothing was written down: {Plain(Text(heard["transcript_status"]))}.</p>");
        return Html.Of($"""<ol class="turns">{Html.Each(turns, TurnOf)}</ol>""");
    }

    private static Html TurnOf(JsonNode? turn)
    {
        string role = Text(turn!["role"]), who = role switch
        {
            "user" => "Person",
            "agent" => "Agent",
            _ => $"{Plain(role)} {(turn["tool"] is { } tool ? Text(tool) : "")}",
        };
        string at = Clock(turn["t_start"] ?? turn["t_end"]);
        return Html.Of($"""<li class="{role}"><span>{who} {at}</span>{Text(turn["text"])}</li>""");
    }

    /// <summary>Seconds since the answer, as a player shows them.</summary>
    private static string Clock(JsonNode? seconds) => seconds is JsonValue value && value.TryGetValue(out double at)
        ? TimeSpan.FromSeconds(at).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : "";

    private static Html AnalysisOf(JsonObject found) => Html.Of($"""
        <h2>What it came to</h2>
        {Facts(
            ("Summary", SayIf(found["summary"])), ("Sentiment", Words(found["sentiment"])), ("Disposition", Words(found["disposition"])),
            ("Key points", ListOf(found["key_points"])), ("Objections", ListOf(found["objections"])),
            ("Buying signals", ListOf(found["buying_signals"])), ("To do", ListOf(found["action_items"])),
            ("Found by", SayIf(found["model"])))}
        """);

    private static Html NotesOf(JsonNode? notes)
    {
        static Html Note(JsonNode? note) =>
            Html.Of($"<li>{Text(note!["text"])} <span class=\"note\">{Moment(note["created_at"])}</span></li>");
        return notes is not JsonArray { Count: > 0 } all ? Html.None : Html.Of($"<h2>Notes</h2><ul>{Html.Each(all, Note)}</ul>");
    }

    private static Html ListOf(JsonNode? items)
    {
        static Html Item(JsonNode? item) => Html.Of($"<li>{Text(item is JsonObject one ? one["text"] ?? one : item)}</li>");
        return items is not JsonArray { Count: > 0 } all ? Html.None : Html.Of($"<ul>{Html.Each(all, Item)}</ul>");
    }

    private static Html BatchOf(JsonNode? batch) => batch is null ? Html.None
        : Html.Of($"""<a href="{AgencyPages.Root}/batches/{Text(batch)}">of a batch</a>""");

    private static Html PriceOf(JsonNode call) => call["client_price"] is not { } price ? Html.None
        : Html.Of($"{Text(price)} {Text(call["client_price_currency"])}");

    private static Html Words(JsonNode? word) => word is null ? Html.None : Say(Plain(Text(word)));
}
