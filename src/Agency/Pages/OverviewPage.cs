using System.Text.Json.Nodes;
using static Ringwright.Agency.Pages.PageFrame;

namespace Ringwright.Agency.Pages;

/// <summary>The figures of a period, beside those of the one before, and what is up at this moment.</summary>
internal static class OverviewPage
{
    private const string Percent = "%", Seconds = " s";

    private static readonly (string Name, string Says, string Unit)[] Figures =
    [
        ("total_calls", "Calls", ""), ("answered_calls", "Answered", ""), ("answer_rate", "Answer rate", Percent),
        ("connected_calls", "Reached a person", ""), ("conversations_had", "Conversations", ""),
        ("meetings_booked", "Meetings booked", ""), ("overall_conversion_rate", "Conversion", Percent),
        ("failed_calls", "Failed", ""), ("avg_duration_seconds", "Mean length", Seconds), ("minutes_billed", "Minutes billed", ""),
    ];

    private static readonly (string Value, string Says)[] Periods =
        [("today", "Today"), ("7d", "7 days"), ("30d", "30 days"), ("90d", "90 days")];

    public static async Task ShowAsync(AgencyVisit visit)
    {
        string query = visit.QueryOf("period", "client_id"), ofClient = visit.QueryOf("client_id");
        var overview = await visit.AskAsync("DashboardOverview", query: query);
        if (overview is not { IsDone: true, Body: { } found })
        {
            await visit.RefuseAsync(overview, AgencyPages.Root);
            return;
        }
        var days = await visit.AskAsync("DashboardTimeseries", query: query);
        var live = await visit.AskAsync("DashboardLive", query: ofClient);
        var clients = await ClientsAsync(visit);
        var (summary, before) = (found["summary"]!, found["previous"]!["summary"]!);
        Html Figure((string Name, string Says, string Unit) one) => Html.Of($"""
            <div><dt>{one.Says}</dt><dd>{Text(summary[one.Name])}{one.Unit}<small>{Text(before[one.Name])}{one.Unit}</small></dd></div>
            """);
        var money = Html.Of($"""
            {Money("Cost of calls", "telephony_cost", summary["costs"])}{Money("Clients pay", "client_price", summary["client_prices"])}
            """);
        await visit.ShowAsync("Overview", AgencyPages.Root, Html.Of($"""
            {Asks(AgencyPages.Root, Html.Of($"{Select("Period", "period", Chosen(visit), Periods)}{clients}"))}
            <p class="note">From {Text(found["period"]!["start_date"])} to {Text(found["period"]!["end_date"])}, by the agency's clock;
            as of {Moment(found["as_of"])}. Small: the same number of days before.
            {Waiting(found["pending_analysis"])}</p>
            <dl class="figures">{Html.Each(Figures, Figure)}{money}</dl>
            {(live is { IsDone: true, Body: { } now } ? Now(now) : Html.None)}
            {(days is { IsDone: true, Body: { } each } ? Days(each["timeseries"]!.AsArray()) : Html.None)}
            {Counts("Outcomes of calls that went out", found["outcome_breakdown"])}
            {Counts("What calls came to", found["disposition_breakdown"])}
            """));
    }

    /// <summary>A choice of client, for those who see more than one.</summary>
    public static async Task<Html> ClientsAsync(AgencyVisit visit)
    {
        if (visit.IsOfClient || await visit.AskAsync("ListClients", query: "?limit=200") is not { IsDone: true, Body: { } found })
            return Html.None;
        return Select("Client", "client_id", visit.Asked("client_id"),
            [("", "All"), .. found["clients"]!.AsArray().Select(one => (Text(one!["id"]), Text(one["name"])))]);
    }

    private static string Chosen(AgencyVisit visit) => visit.Asked("period") is { Length: > 0 } said ? said : "7d";

    private static Html Waiting(JsonNode? unjudged) =>
        Number(unjudged) is > 0 and var waiting ? Html.Of($"Calls whose outcome is not known yet: {Count(waiting)}.") : Html.None;

    /// <summary>One for each currency; nothing for those who are not told.</summary>
    private static Html Money(string says, string field, JsonNode? sums)
    {
        Html One(JsonNode? sum) => Html.Of($"<div><dt>{says}</dt><dd>{Text(sum![field])} {Text(sum["currency"])}</dd></div>");
        return sums is JsonArray all ? Html.Each(all, One) : Html.None;
    }

    private static Html Now(JsonNode live) => Html.Of($"""
        <h2>At this moment</h2>
        <p>{Count(Number(live["calls_in_progress"]))} calls are up.
        <a href="{AgencyPages.Root}/batches">Batches</a> that are not over: {Batches(live["batches"]!.AsObject())}.</p>
        """);

    private static string Batches(JsonObject byStatus) =>
        byStatus.Count == 0 ? "none" : string.Join(", ", byStatus.Select(one => $"{Text(one.Value)} {one.Key}"));

    private static Html Days(JsonArray days)
    {
        long most = Math.Max(1, days.Max(day => Number(day!["total_calls"])));
        IReadOnlyList<Html> Row(JsonNode? day) =>
        [
            Say(day!["date"]), Say(day["total_calls"]),
            Html.Of($"""<meter min="0" max="{most}" value="{Number(day["total_calls"])}"></meter>"""),
            Say(day["answered_calls"]), Say(day["meetings_booked"]),
        ];
        return Html.Of($"""
            <h2>Day by day</h2>
            {Table(["Day", "Calls", "", "Answered", "Meetings"], days.Select(Row))}
            """);
    }

    private static Html Counts(string title, JsonNode? counts) => counts is not JsonObject { Count: > 0 } all ? Html.None : Html.Of($"""
        <h2>{title}</h2>
        {Facts(all.Select(one => (Plain(one.Key), Say(one.Value))))}
        """);
}
