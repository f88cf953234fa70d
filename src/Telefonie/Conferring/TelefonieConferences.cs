using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
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

    private static readonly string[] Known = [Name, Most, Record, "status_callback"];

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        var (rows, total) = await parts.Store.PromisedConferences.ListAsync(op.Tenant, StatusOf(op.Query["status"]), op.List.Offset,
            op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public static async ValueTask<Reply> CreateAsync(OperationContext op, TelefonieParts parts)
    {
        var body = op.ReadObject();
        if (TelefonieFields.Unknown(body, Known).ToList() is { Count: > 0 } unknown) return op.Fail(unknown);
        var promise = new JsonObject
        {
            [Most] = (int?)body[Most] ?? ConferenceTerms.UsualParticipants, [Record] = (bool?)body[Record] is true,
        };
        if ((string?)body[Name] is { } name) promise[Name] = name;
        var id = Guid.CreateVersion7(op.Now);
        var row = new ResourceRow
        {
            Id = id.ToString(), Tenant = op.Tenant, Body = promise, CreatedAt = op.Now, UpdatedAt = op.Now,
        };
        return await Documents(parts).InsertAsync(row, op.Note("created", RecordType, row.Id), op.Stop) is WriteOutcome.Done
            ? op.Created(Show(new(id, Room: null, Name: null, ConferenceStatus.Init, row.CreatedAt, promise, Present: 0)))
            : op.Fail(Fault.Conflict);
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
        string id = conference.Uuid.ToString();
        return await Documents(parts).FindAsync(op.Tenant, id, op.Stop) is { } row && await Documents(parts).UpdateAsync(
            row with { UpdatedAt = op.Now, DeletedAt = op.Now }, op.Note("updated", RecordType, id), op.Stop) is WriteOutcome.Done;
    }

    private static IResourceRows Documents(TelefonieParts parts) =>
        parts.Store.Documents.Rows(new DocumentKind(PromisedConferenceTable.Kind));

    /// <summary>What is not known is left out.</summary>
    private static JsonObject Show(PromisedConference conference)
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

    /// <summary>The schema knows no other words.</summary>
    private static ConferenceStatus? StatusOf(string? word) => word switch
    {
        null => null,
        "init" => ConferenceStatus.Init,
        "in-progress" => ConferenceStatus.InProgress,
        _ => ConferenceStatus.Completed,
    };
}
