using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Numbers;

/// <summary>A number's voicemail: whether it takes calls that nobody takes, and the PIN for who hears it from another phone.</summary>
internal static class VoicemailSettings
{
    private const string RecordType = "voicemail", NumberName = "phone_number_id";

    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        await NumberAsync(op, parts) is { } number
        && await parts.Store.MailboxSettings.FindAsync(op.Tenant, number, op.Stop) is { } found ? op.Ok(Show(found))
            : op.Unknown(NumberName);

    /// <summary>What is not named is off, and no PIN.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts) =>
        await NumberAsync(op, parts) is { } number
            ? await WriteAsync(op, parts, number, await parts.Store.MailboxSettings.FindAsync(op.Tenant, number, op.Stop), new(false, null))
            : op.Unknown(NumberName);

    /// <summary>What is not named stays.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, NumberParts parts) =>
        await NumberAsync(op, parts) is { } number
        && await parts.Store.MailboxSettings.FindAsync(op.Tenant, number, op.Stop) is { } before
            ? await WriteAsync(op, parts, number, before, before)
            : op.Unknown(NumberName);

    /// <param name="from">What the body is laid over.</param>
    private static async ValueTask<Reply> WriteAsync(OperationContext op, NumberParts parts, string number, MailboxSettings? before,
        MailboxSettings from)
    {
        var body = op.ReadObject();
        var after = new MailboxSettings(body.Flag("enabled", from.IsEnabled), body["pin"] is null ? from.Pin : body.Text("pin"));
        if (after.Pin is { Length: 0 }) after = after with { Pin = null };      // the empty text takes it away
        if (after.Pin is { } pin && !(pin.Length is >= MailboxLimits.FewestPinDigits and <= MailboxLimits.MostPinDigits
                && pin.All(char.IsAsciiDigit)))
            return op.Invalid("/pin", "10015", $"pin must have {MailboxLimits.FewestPinDigits} to {MailboxLimits.MostPinDigits} digits.");
        var note = op.Note(before is null ? "created" : "updated", RecordType, number, before is null ? null : Show(before), Show(after));
        await parts.Store.MailboxSettings.SetAsync(op.Tenant, number, after, note, op.Stop);
        return op.Ok(Show(after));
    }

    /// <summary>The text of a number of this account; null when it has none of that id.</summary>
    private static async ValueTask<string?> NumberAsync(OperationContext op, NumberParts parts) =>
        (await new PhoneNumberRows(parts.Store.Numbers.Rows(PhoneNumbers.View)).FindAsync(op.Tenant, op.Path(NumberName), op.Stop))
            ?.Body.Text("phone_number");

    private static JsonObject Show(MailboxSettings settings) => new() { ["enabled"] = settings.IsEnabled, ["pin"] = settings.Pin ?? "" };
}
