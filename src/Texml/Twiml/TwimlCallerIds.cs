using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Numbers of the public network that the account has proved to be its own, which its other APIs know as verified. Here whoever asks gets
/// the code, and whoever has the number presses it: nobody gets the number by the code alone.
/// </summary>
internal static class TwimlCallerIds
{
    private const string Number = "PhoneNumber", Name = "FriendlyName";
    private const int MostCharacters = 64, MostDigits = 32;
    private static readonly TimeSpan Ringing = TimeSpan.FromSeconds(45), Longest = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ToBegin = TimeSpan.FromMinutes(1);

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        string? number = Filled(op, Number), name = Filled(op, Name);
        var all = (await parts.Store.VerifiedNumbers.ListAsync(op.Tenant, 0, int.MaxValue, op.Stop)).Rows.Where(proved =>
            (number is null || TwimlNumbers.Fits(proved.Text, number)) && (name is null || NameOf(proved) == name));
        return TwimlPages.Of(op, "outgoing_caller_ids", "OutgoingCallerIds.json", [.. all.Select(proved => Show(op, proved))]);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        TwimlSids.ReadNumber(op.Path("Sid")) is { } text
        && await parts.Store.VerifiedNumbers.FindAsync(op.Tenant, text, op.Stop) is { } found
            ? op.Bare(200, Show(op, found)) : op.Unknown("Sid");

    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        string? name = (string?)op.ReadObject()[Name];
        if (name is null) return await Get(op, parts);
        if (TwimlSids.ReadNumber(op.Path("Sid")) is not { } text
            || await parts.Store.VerifiedNumbers.FindAsync(op.Tenant, text, op.Stop) is null) return op.Unknown("Sid");
        if (Unfit(name) is { } problem) return op.Fail(problem);
        return await parts.Store.VerifiedNumbers.RenameAsync(op.Tenant, text, name, (before, after) =>
            op.Note("updated", VerifiedNumbers.RecordType, text, Fields(before), Fields(after)), op.Stop) is { } renamed
            ? op.Bare(200, Show(op, renamed)) : op.Unknown("Sid");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts) =>
        TwimlSids.ReadNumber(op.Path("Sid")) is { } text && await parts.Store.VerifiedNumbers.RemoveAsync(op.Tenant, text,
            known => op.Note("deleted", VerifiedNumbers.RecordType, text, before: Fields(known)), op.Stop) is not null
            ? op.NoContent() : op.Unknown("Sid");

    /// <summary>Calls the number, and answers with the code that has to be pressed there.</summary>
    public static async ValueTask<Reply> Validate(OperationContext op, TwimlParts parts)
    {
        var body = op.ReadObject();
        if (!E164.TryParse(TwimlCallBody.PartyOf((string?)body[Number] ?? ""), out var number))
            return op.Fail(At(Number, TwimlErrors.NoNumber, "PhoneNumber must be a number in +E.164 format."));
        if (await CheckAsync(op, parts, body) is { } unfit) return op.Fail(unfit);
        if (VerifiedNumbers.Refuse(op, number.Text) is { } owned)
            return op.Fail(At(Number, TwimlErrors.NoNumber, owned.Detail ?? "The number is on this node."));
        if (await parts.Store.VerifiedNumbers.FindAsync(op.Tenant, number.Text, op.Stop) is not null)
            return op.Fail(At(Number, TwimlErrors.Verified, "This account has verified the number already."));
        if ((parts.VerificationCaller ?? await VerifiedNumbers.OwnAsync(op, parts.Store)) is not { } caller)
            return op.Fail(new Problem(TwimlErrors.NoFrom, "There is no number that the call could come from: this account has none, "
                + "and the operator has named none (--verification-from)."));
        if (await parts.Voice.Speech.SpeakAsync(new("Hello.", "", "en-US", IsSsml: false), op.Stop)
            is { Failure: PromptFailure.SpeechUnavailable })
            return op.Fail(new Problem(TwimlErrors.Away, "This node has no voice at the moment, so it can ask for no code."));
        // What is kept is a secret of the node's: who has the code alone can prove nothing by the operation that another API has for codes.
        string secret = RandomNumberGenerator.GetHexString(32);
        return await parts.Store.Verifications.BeginAsync(op.Tenant, number.Text, secret, op.Stop) switch
        {
            VerificationBegun.TooOften often => op.Fail(At(Number, TwimlErrors.Busy, VerifiedNumbers.Sentence(often))),
            VerificationBegun.Open begun => await CallAsync(op, parts, body, new(begun.Id, number.Text, caller, secret)),
            _ => throw new UnreachableException(),
        };
    }

    private static async ValueTask<Reply> CallAsync(OperationContext op, TwimlParts parts, JsonObject body, Begun begun)
    {
        var (store, tenant, text, secret) = (parts.Store, op.Tenant, begun.Number, begun.Secret);
        string? name = (string?)body[Name] is { Length: > 0 } said ? said : null;
        string code = VerifiedNumbers.NewCode();
        var note = op.Note("created", VerifiedNumbers.RecordType, text);
        var validation = new CallerIdValidation(code, TwimlSids.Number(text), op.Now + ToBegin, async stop =>
            await store.Verifications.JudgeAsync(tenant, text, secret, proved => note with { At = proved.At, After = Fields(proved) }, stop,
                name) is CodeJudged.Right);
        LegId? placed = null;
        var dialled = await op.Calls.DialAsync(new()
        {
            Tenant = tenant,
            Connection = default,               // the account's default profile lets it out
            Application = new(ApplicationKind.Document, TwimlLanguage.ValidationTarget),
            Labels = LabelsOf(body),
            From = begun.Caller,
            BroughtCaller = begun.Caller,       // the operator names it, or the account owns it
            To = text,
            RingTimeout = Ringing,
            TimeLimit = Longest,
            DigitsOnAnswer = (string?)body["Extension"] is { Length: > 0 } keys ? keys.Replace(',', 'w') : null,
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
            Placing = facts =>
            {
                placed = facts.Id;
                parts.Documents.Validations.Place(facts.Id, validation, op.Now);
            },
        }, op.Stop);
        if (dialled is { Leg: { } leg, Ack.IsAccepted: true })
            return op.Bare(op.Operation.SuccessStatus, new JsonObject
            {
                ["account_sid"] = TwimlSids.Account(tenant),
                ["call_sid"] = TwimlSids.Call(leg.Id),
                ["friendly_name"] = name ?? text,
                ["phone_number"] = text,
                ["validation_code"] = code,
            });
        if (placed is { } refused) parts.Documents.Validations.Forget(refused);
        await store.Verifications.WithdrawAsync(tenant, begun.Id, op.Stop);
        return op.Fail(TwimlErrors.Of(dialled));
    }

    /// <summary>Null when it can be so.</summary>
    private static async ValueTask<Problem?> CheckAsync(OperationContext op, TwimlParts parts, JsonObject body)
    {
        if ((string?)body[Name] is { Length: > 0 } name && Unfit(name) is { } problem) return problem;
        if ((string?)body["Extension"] is { } keys
            && (keys.Length > MostDigits || !keys.All(key => TwimlDial.Keys.Contains(key, StringComparison.Ordinal))))
            return TwimlErrors.Bad("Extension", $"Extension has up to {MostDigits} keys of {TwimlDial.Keys}.");
        return (string?)body["StatusCallback"] is { Length: > 0 } url
            && await parts.Voice.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict
            ? TwimlErrors.Bad("StatusCallback", verdict.Detail ?? "StatusCallback is no URL that may be used.") : null;
    }

    private static Problem? Unfit(string name) => name.Length is 0 or > MostCharacters || name.Any(char.IsControl)
        ? TwimlErrors.Bad(Name, $"{Name} has 1 to {MostCharacters} characters.") : null;

    private static Labels LabelsOf(JsonObject body)
    {
        if ((string?)body["StatusCallback"] is not { Length: > 0 } url) return Labels.Empty;
        return Labels.Of((TexmlLabels.Status, TexmlLabels.Of((string?)body["StatusCallbackMethod"] ?? "POST", ["completed"], url)));
    }

    private static Problem At(string field, string code, string detail) => new(code, detail) { Pointer = "/" + field };

    private static string NameOf(ProvedNumber proved) => proved.Name ?? proved.Text;

    private static JsonObject Fields(ProvedNumber proved) => new()
    {
        ["phone_number"] = proved.Text,
        ["friendly_name"] = NameOf(proved),
    };

    private static JsonObject Show(OperationContext op, ProvedNumber proved)
    {
        string sid = TwimlSids.Number(proved.Text);
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["phone_number"] = proved.Text,
            ["friendly_name"] = NameOf(proved),
            ["date_created"] = TexmlTime.Text(proved.At),
            ["date_updated"] = TexmlTime.Text(proved.NamedAt ?? proved.At),
            ["uri"] = TwimlPaths.Of(op, $"OutgoingCallerIds/{sid}.json"),
        };
    }

    private static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;

    /// <param name="Id">Of what counts the calls to the number.</param>
    private sealed record Begun(Guid Id, string Number, string Caller, string Secret);
}
