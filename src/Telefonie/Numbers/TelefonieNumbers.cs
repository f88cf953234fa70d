using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Numbers;

/// <summary>
/// The account's numbers: shown, named, answered by a document, told of messages, and given back. One that another network has taken is not
/// the account's any more.
/// </summary>
internal static class TelefonieNumbers
{
    /// <summary>For the trail.</summary>
    public const string RecordType = "phone_number";

    private const string Voice = "voice_url", Sms = TelefonieNumberNames.SmsField, Name = TelefonieNumberNames.Field;

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
        var problems = await CheckAsync(op, parts, body, []);
        return problems.Count > 0 ? op.Fail(problems) : await ChangeAsync(op, parts, row.Record.Text, body, op.Ok);
    }

    /// <summary>What is wrong with what a body says of a number.</summary>
    /// <param name="more">Fields that it may have beside those.</param>
    public static async ValueTask<IReadOnlyList<Problem>> CheckAsync(OperationContext op, TelefonieParts parts, JsonObject body,
        IReadOnlyList<string> more)
    {
        var problems = TelefonieFields.Unknown(body, [.. Known, .. more]).ToList();
        string? name = (string?)body[Name];
        if (name is { Length: > LongestName } || name?.Any(char.IsControl) is true)
            problems.Add(TelefonieErrors.Bad(Name, $"{Name} has at most {LongestName} characters, and none that controls."));
        foreach (var (field, use) in (IEnumerable<(string, TargetUse)>)[(Voice, TargetUse.Document), (Sms, TargetUse.Webhook)])
            if ((string?)body[field] is { Length: > 0 } url
                    && await parts.Egress.CheckUrlAsync(url, use, op.Stop) is { IsAllowed: false } verdict)
                problems.Add(TelefonieErrors.Bad(field, verdict.Detail ?? $"{field} is no URL that may be used."));
        return problems;
    }

    /// <summary>Does what a body that was checked says of a number, and shows the number.</summary>
    public static async ValueTask<Reply> ChangeAsync(OperationContext op, TelefonieParts parts, string number, JsonObject body,
        Func<JsonObject, Reply> reply)
    {
        if (await FindAsync(op, parts, number) is not { } row) return Unknown(op);
        if ((string?)body[Voice] is { } url)
        {
            var (problem, now) = await TelefonieNumberDocuments.SetAsync(op, parts, row, url.Length > 0 ? url : null, RecordType);
            if (problem is not null) return op.Fail(problem);
            row = now ?? row;
        }
        if ((string?)body[Sms] is { Length: > 0 }
            && (row.Record.MessagingProfile != PlainTexts.ProfileOf(op.Tenant) || row.Record.Texts is not null))
        {
            if (!await PlainTexts.PutAsync(parts.Store, op.Tenant, number, TextingNote(op), op.Stop))
                return op.Fail(Fault.Conflict, "Others are changing this. Try again.");
            row = await FindAsync(op, parts, number) ?? row;
        }
        foreach (string field in (string[])[Name, Sms])
            if ((string?)body[field] is { } said
                    && !await TelefonieNumberNames.SetAsync(op, parts, number, field, said.Length > 0 ? said : null, RecordType))
                return op.Fail(Fault.Conflict, "Others are changing this. Try again.");
        return reply(await ShowAsync(op, parts, row));
    }

    /// <summary>For the trail, of a number that begins to take part in messages.</summary>
    public static Func<Number, Number, UnitOfWork?> TextingNote(OperationContext op) => (was, becomes) =>
        op.Note("updated", RecordType, becomes.Text, new() { ["messaging_profile_id"] = was.MessagingProfile?.ToString() },
            new() { ["messaging_profile_id"] = becomes.MessagingProfile?.ToString() });

    /// <summary>One of the stock is found again after its rest; any other only the operator can give again.</summary>
    public static async ValueTask<Reply> ReleaseAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return Unknown(op);
        string number = row.Record.Text;
        var outcome = await parts.Store.Numbers.Records.RemoveAsync(op.Tenant, row.Id, op.Note("deleted", RecordType, number,
            new() { ["connection_id"] = row.Record.Connection?.ToString() }), op.Stop);
        if (outcome is WriteOutcome.Missing) return Unknown(op);
        if (outcome is not WriteOutcome.Done) return op.Fail(Fault.InUse);
        await TelefonieNumberDocuments.RemoveAsync(parts.Store, TelefonieNumberDocuments.ConnectionOf(op, row.Record), op.Stop);
        return op.NoContent();
    }

    /// <summary>The one that the path names; null when the account has it not.</summary>
    private static async ValueTask<Held<Number>?> FindAsync(OperationContext op, TelefonieParts parts) =>
        E164.TryParse(op.Path("phone_number"), out var number) ? await FindAsync(op, parts, number.Text) : null;

    public static async ValueTask<Held<Number>?> FindAsync(OperationContext op, TelefonieParts parts, string number) =>
        await parts.Store.Numbers.FindIdAsync(op.Tenant, number, op.Stop) is { } id
        && await parts.Store.Numbers.Records.FindAsync(op.Tenant, id, op.Stop) is { } row && IsOne(row.Record) ? row : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("phone_number", "The account has no such number.");

    /// <summary>The entry for every number that is nobody's is none.</summary>
    private static bool IsOne(Number number) => number is { IsPortedOut: false } && number.Text.StartsWith('+');

    /// <summary>What is not known is left out.</summary>
    public static async ValueTask<JsonObject> ShowAsync(OperationContext op, TelefonieParts parts, Held<Number> row)
    {
        var number = row.Record;
        var (type, country) = parts.Classify(number.Text);
        var shown = new JsonObject { ["phone_number"] = number.Text };
        var (name, sms) = await TelefonieNumberNames.FindAsync(parts.Store, op.Tenant, number.Text, op.Stop);
        if (name is not null) shown[Name] = name;
        shown["type"] = type;
        if ((number.Country ?? country) is { } code) shown["country_code"] = code;
        shown["capabilities"] = new JsonObject { ["voice"] = true, ["sms"] = true, ["mms"] = false };
        if (await parts.Store.NumberMonths.PriceOfAsync(op.Tenant, number.Text, op.Stop) is { } month)
            shown["monthly_rate"] = Money.Format(month);
        if (TelefonieNumberDocuments.ConnectionOf(op, number)?.WebhookUrl is { Length: > 0 } url) shown[Voice] = url;
        // Where a messaging profile of another API has the number, that one is told.
        if (sms is not null && number.MessagingProfile == PlainTexts.ProfileOf(op.Tenant)) shown[Sms] = sms;
        shown["date_created"] = TelefonieTime.Text(row.CreatedAt);
        return shown;
    }
}
