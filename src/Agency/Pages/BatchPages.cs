using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using static Ringwright.Agency.Pages.PageFrame;

namespace Ringwright.Agency.Pages;

/// <summary>Batches; and one by itself, with how far it is, whom it calls, what is done with it, and files of contacts for it.</summary>
internal static class BatchPages
{
    public const string Place = AgencyPages.Root + "/batches";

    private const string DryRun = "dry_run", Yes = "true";

    private static readonly string[] Filters = ["status", "client_id"];

    private static readonly (string Value, string Says)[] Statuses =
        [("", "All"), .. AgencyEnums.All["batch_status"].Select(word => (word, Plain(word)))];

    public static async Task ListAsync(AgencyVisit visit)
    {
        var answer = await visit.AskAsync("ListBatches", query: visit.QueryOf([.. Filters, "offset"]));
        if (answer is not { IsDone: true, Body: { } found })
        {
            await visit.RefuseAsync(answer, Place);
            return;
        }
        var clients = await OverviewPage.ClientsAsync(visit);
        string[] names = ["Batch", "Status", "Progress", "Contacts", "Done", "Failed", "Made"];
        var make = visit.May("batches.create") ? Html.Of($"""<p><a href="{NewBatchPage.Place}">A new batch</a></p>""") : Html.None;
        await visit.ShowAsync("Batches", Place, Html.Of($"""
            {Asks(Place, Html.Of($"{Select("Status", "status", visit.Asked("status"), Statuses)}{clients}"))}
            {make}
            {Table(names, found["batches"]!.AsArray().Select(RowOf))}
            {Pager(Place, visit.QueryOf(Filters), found["pagination"])}
            """));
    }

    public static async Task ShowAsync(AgencyVisit visit)
    {
        var answer = await visit.AskAsync("GetBatch", visit.Id);
        if (answer is not { IsDone: true, Body: { } batch })
        {
            await visit.RefuseAsync(answer, Place);
            return;
        }
        var contacts = await visit.AskAsync("ListBatchContacts", visit.Id, visit.QueryOf("offset"));
        var imported = await ImportedAsync(visit);
        string path = $"{Place}/{Text(batch["id"])}";
        await visit.ShowAsync(NameOf(batch), Place, Html.Of($"""
            <section data-progress="{path}/progress">{ProgressOf(batch)}</section>
            {MovesOf(visit, batch, path)}
            {imported}
            {FileOf(visit, batch, path)}
            <h2>Contacts</h2>
            {(contacts is { IsDone: true, Body: { } found } ? ContactsOf(found, path)
                : Html.Of($"<p class=\"bad\">{AgencyVisit.MessageOf(contacts)}</p>"))}
            """));
    }

    /// <summary>The part of a batch's page that changes while it goes on, for the page's script.</summary>
    public static async Task ProgressAsync(AgencyVisit visit)
    {
        var answer = await visit.AskAsync("GetBatch", visit.Id);
        if (answer is { IsDone: true, Body: { } batch })
            await PageGuard.WriteAsync(visit.Http, StatusCodes.Status200OK, ProgressOf(batch).Text);
        else await visit.RefuseAsync(answer, Place);
    }

    /// <param name="operation">Without anything to say beside the batch.</param>
    public static async Task MoveAsync(AgencyVisit visit, string operation)
    {
        var answer = await visit.AskAsync(operation, visit.Id);
        if (answer.IsDone) PageGuard.SendOn(visit.Http, $"{Place}/{Uri.EscapeDataString(visit.Id)}");
        else await visit.RefuseAsync(answer, Place);
    }

    /// <summary>A file of contacts is tried, or taken.</summary>
    public static async Task ImportAsync(AgencyVisit visit, IFormCollection form)
    {
        bool isTried = form[DryRun] == Yes;
        var fields = new Dictionary<string, StringValues> { ["batch_id"] = visit.Id };
        if (isTried) fields[DryRun] = Yes;
        var answer = await visit.AskAsync("ImportContacts", form: new FormCollection(fields, form.Files));
        string path = $"{Place}/{Uri.EscapeDataString(visit.Id)}";
        if (answer is not { IsDone: true, Body: { } import }) await visit.RefuseAsync(answer, Place);
        else if (!isTried) PageGuard.SendOn(visit.Http, $"{path}?import={Text(import["id"])}");
        else
            await visit.ShowAsync("What would come of the file", Place, Html.Of($"""
                {ImportOf(import)}
                <p><a href="{path}">Back to the batch</a></p>
                """));
    }

    private static IReadOnlyList<Html> RowOf(JsonNode? batch) =>
    [
        Html.Of($"""<a href="{Place}/{Text(batch!["id"])}">{NameOf(batch)}</a>"""), Say(StatusOf(batch)), BarOf(batch),
        Say(batch["total_contacts"]), Say(batch["completed_count"]), Say(batch["failed_count"]), Say(Moment(batch["created_at"])),
    ];

    private static string NameOf(JsonNode batch) => (string?)batch["name"] ?? $"Batch of {Moment(batch["created_at"])}";

    private static string StatusOf(JsonNode batch) =>
        batch["failure_code"] is { } why ? $"{Text(batch["status"])}: {Plain(Text(why))}" : Text(batch["status"]);

    private static bool IsOver(JsonNode batch) => (string?)batch["status"] is BatchRow.Completed or BatchRow.Failed;

    private static Html BarOf(JsonNode batch) =>
        Html.Of($"""<progress max="100" value="{Number(batch["progress_pct"])}"></progress> {Number(batch["progress_pct"])} %""");

    private static Html ProgressOf(JsonNode batch)
    {
        string outcomes = string.Join(", ", batch["outcomes"]!.AsObject().Select(one => $"{Plain(one.Key)} {Text(one.Value)}"));
        return Html.Of($"""
            <p{(IsOver(batch) ? new Html(" data-over") : Html.None)}>{BarOf(batch)}</p>
            {Facts(
                ("Status", Say(StatusOf(batch))), ("Contacts", Say(batch["total_contacts"])), ("Waiting", Say(batch["pending_count"])),
                ("Being called", Say(batch["in_progress_count"])), ("Done", Say(batch["completed_count"])),
                ("Failed", Say(batch["failed_count"])), ("Outcomes", Say(outcomes)), ("Calls from", Say(batch["from_number"])),
                ("Begins", MomentIf(batch["scheduled_for"])), ("Begun", MomentIf(batch["started_at"])),
                ("Paused", MomentIf(batch["paused_at"])), ("Over", MomentIf(batch["completed_at"])))}
            """);
    }

    /// <summary>What may be done with it as it stands, by who looks.</summary>
    private static Html MovesOf(AgencyVisit visit, JsonNode batch, string path)
    {
        string? status = (string?)batch["status"];
        var moves = new List<(string Move, string Says)>();
        if (status is BatchRow.Processing or BatchRow.Scheduled && visit.May("batches.pause")) moves.Add(("pause", "Pause"));
        if (status is BatchRow.Paused && visit.May("batches.create")) moves.Add(("resume", "Go on"));
        if (!IsOver(batch) && visit.May("batches.create")) moves.Add(("cancel", "Cancel for good"));
        Html Form((string Move, string Says) one) =>
            Html.Of($"""<form method="post" action="{path}/{one.Move}">{visit.Token()}<button>{one.Says}</button></form>""");
        return moves.Count == 0 ? Html.None : Html.Of($"""<div class="moves">{Html.Each(moves, Form)}</div>""");
    }

    private static Html FileOf(AgencyVisit visit, JsonNode batch, string path) => IsOver(batch) || !visit.May("contacts.write") ? Html.None
        : Html.Of($"""
            <h2>Contacts from a file</h2>
            <form class="asks" method="post" action="{path}/import" enctype="multipart/form-data">{visit.Token()}
            <label>CSV file <input type="file" name="file" accept=".csv,text/csv" required></label>
            <label><input type="checkbox" name="{DryRun}" value="{Yes}" checked> try it first, and keep nothing</label>
            <button>Send</button></form>
            <p class="note">The first line names the columns: a phone number, and if you like first name, last name, e-mail, company and
            what you want the agent to know.</p>
            """);

    /// <summary>What came of the file that was just sent.</summary>
    private static async Task<Html> ImportedAsync(AgencyVisit visit)
    {
        string id = visit.Asked("import");
        return id.Length > 0 && await visit.AskAsync("GetImport", id) is { IsDone: true, Body: { } import }
            ? Html.Of($"<h2>The file {Text(import["file_name"])}</h2>{ImportOf(import)}") : Html.None;
    }

    private static Html ImportOf(JsonNode import)
    {
        var wrong = import["invalid_sample"]!.AsArray();
        static IReadOnlyList<Html> Row(JsonNode? one) => [Say(one!["row"]), Say(one["phone_number"]), Say(Plain(Text(one["reason"])))];
        var errors = import["id"] is not { } id || wrong.Count == 0 ? Html.None
            : Html.Of($"""<p><a href="{AgencyPages.Root}/imports/{Text(id)}/errors.csv">All lines that are none, as CSV</a></p>""");
        return Html.Of($"""
            {Facts(
                ("Status", Say(StatusOf(import))), ("Lines", Say(import["received"])), ("Taken", Say(import["accepted"])),
                ("Already there", Say(import["duplicates"])), ("No contact", Say(import["invalid"])),
                ("Not to be called", Say(import["suppressed"])))}
            {(wrong.Count == 0 ? Html.None : Table(["Line", "Number", "Why not"], wrong.Select(Row)))}
            {errors}
            """);
    }

    private static Html ContactsOf(JsonNode found, string path)
    {
        string[] names = ["Number", "Name", "Company", "Status", "Outcome", "Attempts", "Next", "Call"];
        return Html.Of($"""
            {Table(names, found["contacts"]!.AsArray().Select(ContactOf))}
            {Pager(path, "", found["pagination"])}
            """);
    }

    private static IReadOnlyList<Html> ContactOf(JsonNode? contact) =>
    [
        Say(contact!["phone_number"]), Say($"{(string?)contact["first_name"]} {(string?)contact["last_name"]}".Trim()),
        Say(contact["company"]),
        // A rule that forbids it, or what came of the last try.
        Say((contact["block_reason"] ?? contact["last_error"]) is { } why ? $"{Text(contact["status"])}: {Plain(Text(why))}"
            : Text(contact["status"])),
        Say(Plain(Text(contact["outcome"]))), Say(contact["attempts"]), MomentIf(contact["next_attempt_at"]),
        contact["call_id"] is { } call ? Html.Of($"""<a href="{CallPages.Place}/{Text(call)}">Call</a>""") : Say(Nothing),
    ];

    private static Html MomentIf(JsonNode? at) => at is null ? Html.None : Say(Moment(at));
}
