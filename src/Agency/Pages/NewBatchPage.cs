using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Http;
using static Ringwright.Agency.Pages.PageFrame;

namespace Ringwright.Agency.Pages;

/// <summary>Makes a batch that waits: its own page takes files of contacts for it, and has it begin.</summary>
internal static class NewBatchPage
{
    public const string Place = BatchPages.Place + "/new";

    private static readonly string[] Fields = ["campaign_id", "agent_mapping_id", "from_number"];

    public static async Task ShowAsync(AgencyVisit visit)
    {
        var campaigns = await OfAsync(visit, "ListCampaigns", "?limit=200", "campaigns", "id", "name");
        var agents = await OfAsync(visit, "ListAgents", "?limit=200", "agents", "id", "name");
        var numbers = await OfAsync(visit, "ListNumbers", "?limit=200&status=active", "numbers", "phone_number", "phone_number");
        await visit.ShowAsync("A new batch", BatchPages.Place, Html.Of($"""
            <form class="asks" method="post" action="{Place}">{visit.Token()}
            {Input("Name", "text", "name", "")} {Select("Campaign", Fields[0], "", campaigns)}
            {Select("Agent", Fields[1], "", agents)} {Select("Calls from", Fields[2], "", numbers)}
            <button>Make it</button></form>
            <p class="note">It calls nobody until it is told to go on: bring its contacts first. Campaigns and agents are made by the
            API.</p>
            """));
    }

    public static async Task MakeAsync(AgencyVisit visit, IFormCollection form)
    {
        var wanted = new JsonObject { ["hold"] = true };
        foreach (string field in Fields) wanted[field] = form[field].ToString();
        if (form["name"].ToString().Trim() is { Length: > 0 } name) wanted["name"] = name;
        var answer = await visit.AskAsync("CreateBatch", body: wanted);
        if (answer is { IsDone: true, Body: { } made }) PageGuard.SendOn(visit.Http, $"{BatchPages.Place}/{Text(made["batch"]!["id"])}");
        else await visit.RefuseAsync(answer, BatchPages.Place);
    }

    /// <summary>What may be chosen: the first two hundred that whoever looks may see.</summary>
    private static async Task<IReadOnlyList<(string Value, string Says)>> OfAsync(AgencyVisit visit, string operation, string query,
        string list, string value, string says)
    {
        if (await visit.AskAsync(operation, query: query) is not { IsDone: true, Body: { } found }) return [];
        return [.. found[list]!.AsArray().Select(one => (Text(one![value]), Text(one[says])))];
    }
}
