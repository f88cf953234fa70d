using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// Numbers of the public network that an account proves to be its own, so that it may show them:
/// a call or a text to the number tells a code, and whoever can repeat it has the number. The account pays for it and every rule of the
/// gate holds, but it neither hears nor commands the call, and is told nothing of the text.
/// </summary>
internal static class VerifiedNumbers
{
    /// <summary>For the trail.</summary>
    internal const string RecordType = "verified_number";
    private const string NumberName = "phone_number", CodeName = "verification_code",
        Method = "verification_method", ByCall = "call", ByText = "sms";
    private static readonly TimeSpan Ringing = TimeSpan.FromSeconds(45), Longest = TimeSpan.FromMinutes(2);

    public static async ValueTask<Reply> List(OperationContext op, NumberParts parts)
    {
        var (rows, total) = await parts.Store.VerifiedNumbers.ListAsync(op.Tenant, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(Show)], total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        NumberOf(op) is { } number && await parts.Store.VerifiedNumbers.FindAsync(op.Tenant, number, op.Stop) is { } found
            ? op.Ok(Show(found))
            : op.Unknown(NumberName);

    public static async ValueTask<Reply> Delete(OperationContext op, NumberParts parts) =>
        NumberOf(op) is { } number && await parts.Store.VerifiedNumbers.RemoveAsync(op.Tenant, number,
            known => op.Note("deleted", RecordType, number, before: Show(known)), op.Stop) is { } removed
            ? op.Ok(Show(removed)) : op.Unknown(NumberName);

    /// <summary>Tells the number a code.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts, CodeTeller texts)
    {
        var body = op.ReadObject();
        TypedNumbers.Lay(body, NumberName);
        if (!E164.TryParse(body.Text(NumberName), out var number))
            return op.Invalid("/phone_number", VoiceErrors.NotE164, "phone_number must be a number in +E.164 format.");
        string? method = body.Text(Method);
        if (method is not (ByCall or ByText))
            return op.Invalid("/" + Method, VoiceErrors.BadRequest, $"{Method} must be {ByText} or {ByCall}.");
        if (Refuse(op, number.Text) is { } owned) return op.Fail(owned);
        if (await parts.Store.VerifiedNumbers.FindAsync(op.Tenant, number.Text, op.Stop) is not null)
            return op.Invalid("/phone_number", VoiceErrors.BadRequest, "This account has verified the number already.");
        string? caller = method is ByCall ? parts.VerificationCaller ?? await OwnAsync(op, parts.Store) : null;
        if (caller is null && method is ByCall)
            return op.Invalid("/phone_number", VoiceErrors.BadRequest,
                "There is no number that the call could come from: this account has none, and the operator has named "
                    + "none (--verification-from).");
        if (caller is not null && await parts.Speech.SpeakAsync(Say("Hello."), op.Stop) is { Failure: PromptFailure.SpeechUnavailable })
            return op.Fail(new Problem("10037", "This node has no voice at the moment, so it can tell no code."));

        string code = NewCode();
        switch (await parts.Store.Verifications.BeginAsync(op.Tenant, number.Text, code, op.Stop))
        {
            case VerificationBegun.TooOften often:
                return op.Fail(new Problem("10011", Sentence(often)) { Pointer = "/phone_number" });
            case VerificationBegun.Open begun:
                var refused = caller is not null ? await CallAsync(op, caller, number.Text, code)
                    : await texts(op, number, Words(code), VerificationLimits.CodeLife);
                if (refused is null)
                    return op.Bare(op.Operation.SuccessStatus, new JsonObject { [NumberName] = number.Text, [Method] = method });
                await parts.Store.Verifications.WithdrawAsync(op.Tenant, begun.Id, op.Stop);
                return op.Fail(refused with { Pointer = "/phone_number" });
            default:
                throw new UnreachableException();
        }
    }

    public static async ValueTask<Reply> Verify(OperationContext op, NumberParts parts)
    {
        if (NumberOf(op) is not { } number) return op.Unknown(NumberName);
        string code = TypedCode.Of(op.ReadObject().Text(CodeName) ?? "");
        if (code.Length == 0) return Wrong(op, $"{CodeName} is needed.");
        return await parts.Store.Verifications.JudgeAsync(op.Tenant, number, code,
            proved => op.Note("created", RecordType, number, after: Show(proved)), op.Stop) switch
        {
            CodeJudged.Right right => op.Ok(Show(right.Number)),
            CodeJudged.Wrong { TriesLeft: 0 } => Wrong(op, "The code was wrong too often and counts no more: ask for another one."),
            CodeJudged.Wrong wrong => Wrong(op, $"The code is wrong; {wrong.TriesLeft} more {(wrong.TriesLeft == 1 ? "try" : "tries")}."),
            CodeJudged.Expired =>
                Wrong(op, $"The code is older than {VerificationLimits.CodeLife.TotalMinutes:0} min: ask for another one."),
            CodeJudged.Owned => op.Fail(Refuse(op, number) ?? op.UnknownProblem(NumberName)),
            CodeJudged.Unasked => op.Unknown(NumberName, "No verification of this number was asked for."),
            _ => throw new UnreachableException(),
        };
    }

    internal static string NewCode() => RandomNumberGenerator.GetInt32((int)Math.Pow(10, VerificationLimits.CodeDigits))
        .ToString($"D{VerificationLimits.CodeDigits}", CultureInfo.InvariantCulture);

    internal static string Sentence(VerificationBegun.TooOften often)
    {
        string what = often.IsNumber ? "This number was told codes for its verification often enough"
            : "This account asked for enough verifications today";
        return $"{what}: try again in {Math.Ceiling(often.Wait.TotalMinutes):0} min.";
    }

    /// <summary>A number of this node is its owner's, and nobody proves that he has it.</summary>
    internal static Problem? Refuse(OperationContext op, string number)
    {
        if (op.Routing.FindNumber(number) is not { } owned || owned.Text != number) return null;
        bool isOwn = owned.Tenant == op.Tenant || op.Routing.FindTenant(op.Tenant)?.Parent == owned.Tenant
            || op.Routing.FindTenant(owned.Tenant)?.Parent == op.Tenant;
        return new(VoiceErrors.BadRequest, isOwn ? "The number is on this node and may be shown without a verification."
            : "The number belongs to another account of this node.")
        {
            Pointer = "/phone_number"
        };
    }

    /// <summary>A number of the account's that a call can come from.</summary>
    internal static async ValueTask<string?> OwnAsync(OperationContext op, Database store) =>
        (await store.Numbers.Rows(PhoneNumbers.View).ListAsync(op.Tenant, new() { Limit = 1 }, op.Stop)).Rows is [var first, ..]
            ? first.Body.Text(NumberName)
            : null;

    /// <returns>Null when the call is on its way.</returns>
    private static async ValueTask<Problem?> CallAsync(OperationContext op, string caller, string to, string code)
    {
        var dialled = await op.Calls.DialAsync(Call(op.Tenant, caller, to, code) with
        {
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        return dialled.Ack.IsAccepted ? null : Errors.Of(dialled);
    }

    private static string Words(string code) =>
        $"{code} is the code that lets somebody show your number as the caller of their own calls. If you did not ask for it, tell nobody.";

    private static DialRequest Call(TenantId tenant, string from, string to, string code)
    {
        // Read out digit by digit, and three times, because nobody has a pencil at hand.
        string told = string.Join(", ", code.AsEnumerable());
        return new()
        {
            Tenant = tenant,
            Connection = default,      // belongs to no application: no webhook tells of it, and the account's default profile lets it out
            From = from,
            BroughtCaller = from,      // the operator names it, or the account owns it
            To = to,
            RingTimeout = Ringing,
            TimeLimit = Longest,
            Announcement = Say($"Somebody wants to show your telephone number as the caller of their own calls. If you did not ask for "
                + $"this, hang up, and tell nobody the code. The code is {told}. Again: {told}. Once more: {told}."),
        };
    }

    private static PromptSource.Speech Say(string text) => new(text, "", "en-US", IsSsml: false);

    private static Reply Wrong(OperationContext op, string detail) => op.Invalid("/verification_code", VoiceErrors.BadRequest, detail);

    /// <summary>Null for a path that names no number.</summary>
    private static string? NumberOf(OperationContext op) => op.TryNumber(NumberName, out var number) ? number.Text : null;

    private static JsonObject Show(ProvedNumber number) => new()
    {
        [NumberName] = number.Text,
        ["record_type"] = RecordType,
        ["verified_at"] = TelnyxTime.Millis(number.At),
    };
}
