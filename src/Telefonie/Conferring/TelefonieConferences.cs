using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Conferring;

/// <summary>
/// The account's conferences, whichever API made them. One that is made here is a promise, a document: the engine has conferences only
/// while somebody takes part, so it begins with the first who is put in.
/// </summary>
internal static class TelefonieConferences
{
    private const string Name = "friendly_name", Most = "max_participants", Record = "record";

    /// <summary>For the trail.</summary>
    private const string RecordType = "conference";

    private static readonly string[] Known = [Name, Most, Record, ConferenceNews.Field];

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        var (rows, total) = await parts.Store.PromisedConferences.ListAsync(op.Tenant, StatusOf(op.Query["status"]), op.List.Offset,
            op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public static async ValueTask<Reply> CreateAsync(OperationContext op, TelefonieParts parts)
    {
        var body = op.ReadObject();
        var problems = TelefonieFields.Unknown(body, Known).ToList();
        string? callback = (string?)body[ConferenceNews.Field] is { Length: > 0 } url ? url : null;
        if (callback is not null && await CheckCallbackAsync(parts, callback, op.Stop) is { } bad) problems.Add(bad);
        if (problems.Count > 0) return op.Fail(problems);
        var promise = new JsonObject
        {
            [Most] = (int?)body[Most] ?? ConferenceTerms.UsualParticipants, [Record] = (bool?)body[Record] is true,
        };
        if ((string?)body[Name] is { } name) promise[Name] = name;
        if (callback is not null) promise[ConferenceNews.Field] = callback;
        var now = op.Now;
        var id = Guid.CreateVersion7(now);
        var row = new ResourceRow
        {
            Id = id.ToString(), Tenant = op.Tenant, Body = promise, CreatedAt = now, UpdatedAt = now,
        };
        var made = new PromisedConference(id, Room: null, Name: null, ConferenceStatus.Init, row.CreatedAt, promise, Present: 0);
        var work = new UnitOfWork
        {
            Note = op.Note("created", RecordType, row.Id), Messages = ConferenceNews.Of(op.Tenant, made, op.Now),
        };
        return await Documents(parts).InsertAsync(row, work, op.Stop) is WriteOutcome.Done
            ? op.Created(Show(made)) : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, TelefonieParts parts) =>
        await FindAsync(op, parts) is { } conference ? op.Ok(Show(conference)) : Unknown(op);

    /// <summary>Ends it. The same asked again changes nothing and is no error.</summary>
    public static async ValueTask<Reply> UpdateAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } conference) return Unknown(op);
        var body = op.ReadObject();
        if (TelefonieFields.Unknown(body, ["status"]).ToList() is { Count: > 0 } unknown) return op.Fail(unknown);
        // The schema knows no status but completed.
        if (body["status"] is null || conference.Status is ConferenceStatus.Completed) return op.Ok(Show(conference));
        // Whoever rings would come into what is over.
        await TelefonieParticipants.CancelAsync(op, parts, conference);
        conference = await FindAsync(op, parts) ?? conference;
        if (conference.Room is not { } room)
        {
            if (!await WithdrawAsync(op, parts, conference)) return op.Fail(Fault.Conflict);
        }
        else if (await op.Calls.SendAsync(Subject.Of(room), new ConferenceCommand.End(), op.Stop) is { IsAccepted: false } ack
            && ack.Refusal is not Refusal.ConferenceEnded) return op.Refuse(ack.Refusal);
        return op.Ok(Show(await TelefonieSettling.WaitAsync(op, conference, () => FindAsync(op, parts),
            seen => seen.Status is ConferenceStatus.Completed)));
    }

    /// <summary>The conference that the path names; null when the account has none.</summary>
    public static async ValueTask<PromisedConference?> FindAsync(OperationContext op, TelefonieParts parts) =>
        Guid.TryParseExact(op.Path("conference_id"), "D", out var id)
            ? await parts.Store.PromisedConferences.FindAsync(op.Tenant, id, op.Stop) : null;

    public static Reply Unknown(OperationContext op) => op.Unknown("conference_id", "There is no such conference.");

    /// <summary>So many may take part; null where only the engine knows.</summary>
    public static int? MostOf(PromisedConference conference) => (int?)conference.Promise?[Most];

    /// <summary>
    /// What puts somebody in: the first who gets there begins it. The engine's name for it is nobody's to guess, so that no document joins
    /// it by accident.
    /// </summary>
    public static LegCommand JoinOf(OperationContext op, PromisedConference conference, Participation part) =>
        conference.Room is { } room ? new LegCommand.JoinConference(room) { As = part }
            : new LegCommand.CreateConference(conference.Uuid, $"telefonie conference {conference.Uuid}")
            {
                Terms = new() { MaxParticipants = MostOf(conference) ?? ConferenceTerms.UsualParticipants },
                As = part,
                JoinsExisting = true,
                Record = (bool?)conference.Promise?[Record] is true ? new() { Id = Guid.CreateVersion7(op.Now), Format = RecordFormat.Wav }
                    : null,
            };

    /// <returns>False when somebody else was quicker.</returns>
    private static async ValueTask<bool> WithdrawAsync(OperationContext op, TelefonieParts parts, PromisedConference conference)
    {
        var (id, now) = (conference.Uuid.ToString(), op.Now);
        var work = new UnitOfWork
        {
            Note = op.Note("updated", RecordType, id),
            Messages = ConferenceNews.Of(op.Tenant, conference with { Status = ConferenceStatus.Completed }, now),
        };
        return await Documents(parts).FindAsync(op.Tenant, id, op.Stop) is { } row && await Documents(parts).UpdateAsync(
            row with { UpdatedAt = now, DeletedAt = now }, work, op.Stop) is WriteOutcome.Done;
    }

    private static IResourceRows Documents(TelefonieParts parts) =>
        parts.Store.Documents.Rows(new DocumentKind(PromisedConferenceTable.Kind));

    /// <summary>What is not known is left out.</summary>
    public static JsonObject Show(PromisedConference conference)
    {
        var shown = new JsonObject { ["id"] = conference.Uuid.ToString() };
        if ((conference.Promise is { } said ? (string?)said[Name] : conference.Name) is { } name) shown[Name] = name;
        shown["status"] = conference.Status switch
        {
            ConferenceStatus.Init => "init",
            ConferenceStatus.InProgress => "in-progress",
            _ => "completed",
        };
        shown["participant_count"] = conference.Present;
        if (MostOf(conference) is { } most) shown[Most] = most;
        shown["date_created"] = TelefonieTime.Text(conference.CreatedAt);
        return shown;
    }

    /// <summary>It goes with each call that is made for the conference, with the name, as JSON.</summary>
    private static async ValueTask<Problem?> CheckCallbackAsync(TelefonieParts parts, string url, CancellationToken stop)
    {
        if (url.Length > Labels.MaxBytes / 8)
            return TelefonieErrors.Bad(ConferenceNews.Field, $"{ConferenceNews.Field} may have {Labels.MaxBytes / 8} characters.");
        return await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, stop) is { IsAllowed: false } verdict
            ? TelefonieErrors.Bad(ConferenceNews.Field, verdict.Detail ?? $"{ConferenceNews.Field} is no URL that may be used.") : null;
    }

    /// <summary>The schema knows no other words.</summary>
    private static ConferenceStatus? StatusOf(string? word) => word switch
    {
        null => null,
        "init" => ConferenceStatus.Init,
        "in-progress" => ConferenceStatus.InProgress,
        _ => ConferenceStatus.Completed,
    };
}
