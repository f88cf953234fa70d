using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Numbers;

/// <summary>
/// The numbers that the operator has given to the account: shown, named, answered by a document, and given back. One that another network
/// has taken is not the account's any more.
/// </summary>
internal static class TelefonieNumbers
{
    private const string Voice = "voice_url", Sms = "sms_url", Name = TelefonieNumberNames.Field;

    /// <summary>For the trail.</summary>
    private const string RecordType = "phone_number";

    private const int LongestName = 255;

    private static readonly string[] Known = [Voice, Sms, Name];

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        string? type = op.Query["type"];
        var all = (await parts.Store.Numbers.Records.ListAsync(op.Tenant, 0, int.MaxValue, op.Stop)).Rows
            .Where(row => IsOne(row.Record) && (type is null || parts.Classify(row.Record.Text).Type == type)).ToList();
        var shown = new List<JsonNode>();
        foreach (var row in all.Skip(op.List.Offset).Take(op.List.Size)) shown.Add(await ShowAsync(op, parts, row));
        return op.Page(shown, all.Count);
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, TelefonieParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Ok(await ShowAsync(op, parts, row)) : Unknown(op);

    public static async ValueTask<Reply> UpdateAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return Unknown(op);
        var body = op.ReadObject();
        var problems = TelefonieFields.Unknown(body, Known).ToList();
        string? name = (string?)body[Name], url = (string?)body[Voice];
        if (name is { Length: > LongestName } || name?.Any(char.IsControl) is true)
            problems.Add(TelefonieErrors.Bad(Name, $"{Name} has at most {LongestName} characters, and none that controls."));
        if (url is { Length: > 0 } && await parts.Egress.CheckUrlAsync(url, TargetUse.Document, op.Stop) is { IsAllowed: false } verdict)
            problems.Add(TelefonieErrors.Bad(Voice, verdict.Detail ?? $"{Voice} is no URL that may be used."));
        if (problems.Count > 0) return op.Fail(problems);
        if (url is not null)
        {
            var (problem, now) = await TelefonieNumberDocuments.SetAsync(op, parts, row, url.Length > 0 ? url : null, RecordType);
            if (problem is not null) return op.Fail(problem);
            row = now ?? row;
        }
        if (name is not null) await TelefonieNumberNames.SetAsync(op, parts, row.Record.Text, name.Length > 0 ? name : null, RecordType);
        return op.Ok(await ShowAsync(op, parts, row));
    }

    /// <summary>Only the operator can give it back.</summary>
    public static async ValueTask<Reply> ReleaseAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return Unknown(op);
        string number = row.Record.Text;
        var outcome = await parts.Store.Numbers.Records.RemoveAsync(op.Tenant, row.Id, op.Note("deleted", RecordType, number,
            new() { ["connection_id"] = row.Record.Connection?.ToString() }), op.Stop);
        if (outcome is WriteOutcome.Missing) return Unknown(op);
        if (outcome is not WriteOutcome.Done) return op.Fail(Fault.InUse);
        await TelefonieNumberNames.SetAsync(op, parts, number, name: null, RecordType);
        await TelefonieNumberDocuments.RemoveAsync(op, parts, TelefonieNumberDocuments.ConnectionOf(op, row.Record));
        return op.NoContent();
    }

    /// <summary>The one that the path names; null when the account has it not.</summary>
    private static async ValueTask<Held<Number>?> FindAsync(OperationContext op, TelefonieParts parts) =>
        E164.TryParse(op.Path("phone_number"), out var number)
        && await parts.Store.Numbers.FindIdAsync(op.Tenant, number.Text, op.Stop) is { } id
        && await parts.Store.Numbers.Records.FindAsync(op.Tenant, id, op.Stop) is { } row && IsOne(row.Record) ? row : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("phone_number", "The account has no such number.");

    /// <summary>The entry for every number that is nobody's is none.</summary>
    private static bool IsOne(Number number) => number is { IsPortedOut: false } && number.Text.StartsWith('+');

    /// <summary>What is not known is left out. There is no messaging, so nothing tells of messages.</summary>
    private static async ValueTask<JsonObject> ShowAsync(OperationContext op, TelefonieParts parts, Held<Number> row)
    {
        var number = row.Record;
        var (type, country) = parts.Classify(number.Text);
        var shown = new JsonObject { ["phone_number"] = number.Text };
        if (await TelefonieNumberNames.FindAsync(op, parts, number.Text) is { } name) shown[Name] = name;
        shown["type"] = type;
        if ((number.Country ?? country) is { } code) shown["country_code"] = code;
        shown["capabilities"] = new JsonObject { ["voice"] = true, ["sms"] = false, ["mms"] = false };
        if (TelefonieNumberDocuments.ConnectionOf(op, number)?.WebhookUrl is { Length: > 0 } url) shown[Voice] = url;
        shown["date_created"] = TelefonieTime.Text(row.CreatedAt);
        return shown;
    }
}
