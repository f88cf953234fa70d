using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>Applications whose documents are TwiML: connections of the account, which its other APIs show in their words.</summary>
internal static class TwimlApplications
{
    private const string RecordType = "application";
    private const int MostCharacters = 64;

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        string? name = op.Query["FriendlyName"] is { Length: > 0 } said ? said : null;
        var all = (await parts.Store.Connections.Records.ListAsync(op.Tenant, 0, int.MaxValue, op.Stop)).Rows
            .Where(row => IsOne(row.Record) && (name is null || row.Record.Name == name));
        return TwimlPages.Of(op, "applications", "Applications.json", [.. all.Select(row => Show(op, row))]);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Bare(200, Show(op, row)) : op.Unknown("Sid");

    public static async ValueTask<Reply> Create(OperationContext op, TwimlParts parts)
    {
        var body = op.ReadObject();
        long id = op.Snowflakes.Next();
        var blank = Blank(op, id, TwimlLanguage.Target) with { Name = NameOf(op.Now) };
        if (await CheckAsync(op, parts, body) is { } problem) return op.Fail(problem);
        var application = Read(body, blank);
        string text = id.ToString(CultureInfo.InvariantCulture);
        var outcome = await parts.Store.Connections.Records.AddAsync(text, application, op.Now,
            op.Note("created", RecordType, TwimlSids.Application(id), null, Fields(application)), op.Stop);
        return outcome is WriteOutcome.Done ? op.Bare(201, Show(op, new(text, application, op.Now, op.Now))) : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return op.Unknown("Sid");
        var body = op.ReadObject();
        if (await CheckAsync(op, parts, body) is { } problem) return op.Fail(problem);
        // Laid over what it is by then: somebody else's change of another field stays.
        var (_, now) = await parts.Store.Connections.Records.ChangeAsync(op.Tenant, row.Id, before => Read(body, before), op.Now,
            (before, after) => op.Note("updated", RecordType, op.Path("Sid"), Fields(before), Fields(after)), op.Stop);
        return now is null ? op.Fail(Fault.Conflict) : op.Bare(200, Show(op, now));
    }

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return op.Unknown("Sid");
        if (await parts.Store.Legs.ListLiveAsync(op.Tenant, row.Record.Id, new() { Limit = 1 }, op.Stop) is { Total: > 0 and var live })
            return op.Fail(Fault.InUse, $"{live} of its calls {(live == 1 ? "is" : "are")} live: hang up first.");
        var outcome = await parts.Store.Connections.Records.RemoveAsync(op.Tenant, row.Id,
            op.Note("deleted", RecordType, op.Path("Sid"), Fields(row.Record), null), op.Stop);
        return outcome switch
        {
            WriteOutcome.Done => op.NoContent(),
            WriteOutcome.Missing => op.Unknown("Sid"),
            _ => op.Fail(Fault.InUse),
        };
    }

    /// <summary>One with nothing said yet, which may call out as the account may.</summary>
    public static Connection Blank(OperationContext op, long id, string target) => new()
    {
        Id = new(id), Tenant = op.Tenant, Kind = ConnectionKind.Document, Name = "", Application = new(ApplicationKind.Document, target),
        OutboundProfile = op.Routing.FindTenant(op.Tenant)?.DefaultProfile, WebhookFailoverMethod = "POST",
    };

    public static bool IsOne(Connection? connection) =>
        connection is { Kind: ConnectionKind.Document, Application.Target: TwimlLanguage.Target };

    public static JsonObject Fields(Connection connection)
    {
        var fields = new JsonObject { ["friendly_name"] = connection.Name };
        TwimlVoiceFields.Show(fields, connection);
        return fields;
    }

    private static async ValueTask<Held<Connection>?> FindAsync(OperationContext op, TwimlParts parts) =>
        TwimlSids.ReadWhole("AP", op.Path("Sid")) is { } id
        && await parts.Store.Connections.Records.FindAsync(op.Tenant, id.ToString(CultureInfo.InvariantCulture), op.Stop) is { } row
        && IsOne(row.Record) ? row : null;

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, TwimlParts parts, JsonObject body) =>
        (string?)body["FriendlyName"] is { } name && (name.Length is 0 or > MostCharacters || name.Any(char.IsControl))
            ? TwimlErrors.Bad("FriendlyName", $"FriendlyName has 1 to {MostCharacters} characters.")
            : await TwimlVoiceFields.CheckAsync(op, parts, body);

    private static Connection Read(JsonObject body, Connection before) =>
        TwimlVoiceFields.Read(body, before) with { Name = (string?)body["FriendlyName"] ?? before.Name };

    private static string NameOf(DateTimeOffset at) => $"Application of {TexmlTime.Text(at)}";

    private static JsonObject Show(OperationContext op, Held<Connection> row)
    {
        string sid = TwimlSids.Application(row.Record.Id.Value);
        var shown = new JsonObject
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["friendly_name"] = row.Record.Name,
            ["sms_status_callback"] = null,
            ["message_status_callback"] = null,
            ["public_application_connect_enabled"] = false,
            ["date_created"] = TexmlTime.Text(row.CreatedAt),
            ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
            ["uri"] = TwimlPaths.Of(op, $"Applications/{sid}.json"),
        };
        TwimlVoiceFields.Show(shown, row.Record);
        return shown;
    }
}
