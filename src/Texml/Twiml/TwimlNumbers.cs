using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// The account's numbers, and what answers calls to them: an application, or documents of the number's own, which have an application that
/// is for it alone. Documents that answer texts stand in the number itself. One that another network has taken is not the account's any
/// more, and nothing for it to give back.
/// </summary>
internal static class TwimlNumbers
{
    /// <summary>For the trail.</summary>
    public const string RecordType = "phone_number";

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        string? number = Filled(op, "PhoneNumber"), name = Filled(op, "FriendlyName");
        var all = (await parts.Store.Numbers.Records.ListAsync(op.Tenant, 0, int.MaxValue, op.Stop)).Rows.Where(row => IsOne(row.Record)
            && (number is null || Fits(row.Record.Text, number)) && (name is null || row.Record.Text == name));
        return TwimlPages.Of(op, "incoming_phone_numbers", "IncomingPhoneNumbers.json", [.. all.Select(row => Show(op, row))]);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Bare(200, Show(op, row)) : op.Unknown("Sid");

    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return op.Unknown("Sid");
        var body = op.ReadObject();
        if (await CheckAsync(op, parts, body) is { } problem) return op.Fail(problem);
        return await ChangeAsync(op, parts, row, body) is { } now ? op.Bare(200, Show(op, now)) : op.Fail(Fault.Conflict);
    }

    /// <summary>What is said of what answers the number: null when it can be so.</summary>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, TwimlParts parts, JsonObject body)
    {
        string? application = (string?)body["VoiceApplicationSid"];
        if (application is { Length: > 0 } && (TwimlSids.ReadWhole("AP", application) is not { } id
            || !TwimlApplications.IsOne(op.Routing.FindConnection(op.Tenant, new(id)))))
            return TwimlErrors.Bad("VoiceApplicationSid", "VoiceApplicationSid names no application of this account.");
        if (await TwimlSmsFields.CheckAsync(op, parts, body) is { } unfit) return unfit;
        return HasFields(body) ? await TwimlVoiceFields.CheckAsync(op, parts, body) : null;
    }

    /// <summary>As the body says, which has been checked.</summary>
    /// <returns>Null when others were changing it.</returns>
    public static async ValueTask<Held<Number>?> ChangeAsync(OperationContext op, TwimlParts parts, Held<Number> row, JsonObject body)
    {
        string? application = (string?)body["VoiceApplicationSid"];
        string sid = TwimlSids.Number(row.Record.Text);
        var before = ConnectionOf(op, row.Record);
        // Only another document takes a number's calls from where they go: beside that, and without one, the other fields are nothing.
        bool isElsewhere = application is null && before is not null && !IsOwn(before) && (string?)body["VoiceUrl"] is not { Length: > 0 };
        bool hasFields = !isElsewhere && HasFields(body), isLed = application is not null || hasFields;
        string[] passedOver = isElsewhere || application is { Length: > 0 }
            ? [.. TwimlVoiceFields.Names.Where(name => (string?)body[name] is { Length: > 0 })] : [];
        if (!isLed && passedOver.Length == 0 && !TwimlSmsFields.AreIn(body)) return row;

        ConnectionId? after;
        if (!isLed) after = row.Record.Connection;
        else if (application is { Length: > 0 }) after = new ConnectionId(TwimlSids.ReadWhole("AP", application)!.Value);     // read above
        else if (!hasFields) after = TwimlApplications.IsOne(before) ? null : row.Record.Connection;
        else
        {
            var own = IsOwn(before) ? before! : TwimlApplications.Blank(op, op.Snowflakes.Next(), TwimlLanguage.NumberTarget) with
            {
                Name = row.Record.Text
            };
            if (await WriteAsync(op, parts, TwimlVoiceFields.Read(body, own), sid, isNew: own != before) is not WriteOutcome.Done)
                return null;
            after = own.Id;
        }
        string beside = application is { Length: > 0 } ? $"VoiceApplicationSid {application}"
            : TwimlApplications.IsOne(before) ? $"VoiceApplicationSid {TwimlSids.Application(before!.Id.Value)}"
            : "the connection that has its calls";
        var warning = passedOver.Length == 0 ? null : new ChangeWarning($"{string.Join(", ", passedOver)} of {row.Record.Text}: nothing "
            + $"asks for them beside {beside}, which has its own", op.Now);
        // In one transaction: who is told of an error finds the number as it was, and no change is without its warning.
        var (_, now) = await parts.Store.Numbers.Records.ChangeAsync(op.Tenant, row.Id,
            number => TwimlSmsFields.Read(body, isLed ? number with { Connection = after } : number), op.Now, (was, becomes) => new()
            {
                Note = op.Note("updated", RecordType, sid, Fields(was), Fields(becomes)), Warning = warning,
            }, op.Stop);
        // What was the number's own is nobody's any more.
        if (now is not null && isLed && IsOwn(before) && before!.Id != after)
            await NumberConnections.RemoveAsync(parts.Store, before, op.Stop);
        return now;
    }

    /// <summary>One of the stock is found again after its rest; any other only the operator can give again.</summary>
    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return op.Unknown("Sid");
        var outcome = await parts.Store.Numbers.Records.RemoveAsync(op.Tenant, row.Id,
            op.Note("deleted", RecordType, op.Path("Sid"), Fields(row.Record)), op.Stop);
        if (outcome is WriteOutcome.Missing) return op.Unknown("Sid");
        if (outcome is not WriteOutcome.Done) return op.Fail(Fault.InUse);
        if (ConnectionOf(op, row.Record) is { } connection && IsOwn(connection))
            await NumberConnections.RemoveAsync(parts.Store, connection, op.Stop);
        return op.NoContent();
    }

    /// <summary>An application has URLs of its own, and those of the number do nothing then.</summary>
    private static bool HasFields(JsonObject body) =>
        (string?)body["VoiceApplicationSid"] is not { Length: > 0 } && TwimlVoiceFields.Names.Any(name => body[name] is not null);

    private static async ValueTask<Held<Number>?> FindAsync(OperationContext op, TwimlParts parts) =>
        TwimlSids.ReadNumber(op.Path("Sid")) is { } text ? await FindAsync(op, parts, text) : null;

    /// <summary>One of the account's, wherever its calls go.</summary>
    /// <param name="text">+E.164.</param>
    public static async ValueTask<Held<Number>?> FindAsync(OperationContext op, TwimlParts parts, string text) =>
        await parts.Store.Numbers.FindIdAsync(op.Tenant, text, op.Stop) is { } id
        && await parts.Store.Numbers.Records.FindAsync(op.Tenant, id, op.Stop) is { } row && IsOne(row.Record) ? row : null;

    /// <summary>The entry for every number that is nobody's is none.</summary>
    private static bool IsOne(Number number) => number is { IsPortedOut: false } && number.Text.StartsWith('+');

    /// <summary>It was made here for a number alone.</summary>
    internal static bool IsOwn(Connection? connection) =>
        connection is { Kind: ConnectionKind.Document, Application.Target: TwimlLanguage.NumberTarget };

    private static Connection? ConnectionOf(OperationContext op, Number number) =>
        number.Connection is { } id ? op.Routing.FindConnection(op.Tenant, id) : null;

    /// <param name="sid">Of the number.</param>
    private static async ValueTask<WriteOutcome> WriteAsync(OperationContext op, TwimlParts parts, Connection own, string sid, bool isNew)
    {
        string id = own.Id.Value.ToString(CultureInfo.InvariantCulture);
        if (isNew) return await parts.Store.Connections.Records.AddAsync(id, own, op.Now, work: null, op.Stop);
        var (outcome, _) = await parts.Store.Connections.Records.ChangeAsync(op.Tenant, id, before => before with
        {
            WebhookUrl = own.WebhookUrl,
            WebhookMethod = own.WebhookMethod,
            WebhookFailoverUrl = own.WebhookFailoverUrl,
            WebhookFailoverMethod = own.WebhookFailoverMethod,
            StatusUrl = own.StatusUrl,
            StatusMethod = own.StatusMethod,
        }, op.Now, (was, becomes) => op.Note("updated", RecordType, sid, TwimlApplications.Fields(was),
            TwimlApplications.Fields(becomes)), op.Stop);
        return outcome;
    }

    /// <summary>
    /// Digits, with stars for any one of them; in part, as the vendor has it, and as people write them. A plus that was not escaped is a
    /// space.
    /// </summary>
    internal static bool Fits(string number, string pattern)
    {
        string wanted = string.Concat(pattern.Where(c => !char.IsWhiteSpace(c) && c is not ('+' or '-' or '.' or '(' or ')')));
        for (int start = 0; start + wanted.Length <= number.Length; start++)
        {
            bool isSame = true;
            for (int i = 0; i < wanted.Length && isSame; i++) isSame = wanted[i] == '*' || wanted[i] == number[start + i];
            if (isSame) return true;
        }
        return false;
    }

    private static JsonObject Fields(Number number)
    {
        var fields = TwimlSmsFields.Fields(number);
        fields["connection_id"] = number.Connection?.ToString();
        return fields;
    }

    public static JsonObject Show(OperationContext op, Held<Number> row)
    {
        var (number, connection) = (row.Record, ConnectionOf(op, row.Record));
        string sid = TwimlSids.Number(number.Text);
        var shown = new JsonObject
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["phone_number"] = number.Text,
            ["friendly_name"] = number.Text,
            ["voice_application_sid"] = TwimlApplications.IsOne(connection) ? TwimlSids.Application(connection!.Id.Value) : null,
            ["voice_receive_mode"] = "voice",
            ["trunk_sid"] = null,
            ["sms_application_sid"] = null,
            ["address_requirements"] = "none",
            ["address_sid"] = null,
            ["bundle_sid"] = null,
            ["identity_sid"] = null,
            ["emergency_status"] = "Inactive",
            ["emergency_address_sid"] = null,
            ["emergency_address_status"] = "unregistered",
            ["beta"] = false,
            ["origin"] = "hosted",
            ["status"] = "in-use",
            ["type"] = null,
            ["capabilities"] = new JsonObject { ["voice"] = true, ["sms"] = true, ["mms"] = false, ["fax"] = false },
            ["date_created"] = TexmlTime.Text(row.CreatedAt),
            ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
            ["uri"] = TwimlPaths.Of(op, $"IncomingPhoneNumbers/{sid}.json"),
        };
        TwimlVoiceFields.Show(shown, IsOwn(connection) ? connection : null);
        TwimlSmsFields.Show(shown, number);
        return shown;
    }

    private static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;
}
