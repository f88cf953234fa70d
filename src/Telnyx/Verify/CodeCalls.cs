using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// Tells a code by a call that says it three times, digit by digit. The account pays for it and every rule of the gate holds, but it
/// neither hears nor commands it, and it is not recorded.
/// </summary>
internal static class CodeCalls
{
    private const int Readings = 3;
    /// <summary>Of the slowest voices.</summary>
    private const double CharactersASecond = 12;
    private static readonly TimeSpan Ringing = TimeSpan.FromSeconds(45), Longest = TimeSpan.FromMinutes(2);

    /// <returns>Null when it is on its way.</returns>
    public static async ValueTask<Problem?> SendAsync(OperationContext op, VerifyParts parts, CodeToSend code)
    {
        if ((parts.Caller ?? await OwnAsync(op, parts)) is not { } caller)
            return new(VoiceErrors.BadRequest, "There is no number that the call could come from: this account has none, and the operator "
                + "has named none (--verification-from).")
            {
                Pointer = "/phone_number", Status = 400,
            };
        if (await parts.Speech.SpeakAsync(Say("1.", code.Terms.Language), op.Stop) is { Failure: not PromptFailure.None } mute)
            // What the voice does not speak today it does not speak in a minute either: only the profile can be mended.
            return mute.Failure is PromptFailure.SpeechUnavailable or PromptFailure.TimedOut
                ? new("10037", "This node has no voice at the moment, so it can tell no code.")
                : new(VoiceErrors.BadRequest, $"This node cannot tell a code in '{code.Terms.Language}'. {mute.Detail}".TrimEnd())
                {
                    Pointer = "/verify_profile_id", Status = 400,
                };
        var note = op.Note("created", VerificationBody.RecordType, code.Sent.Id.ToString());
        if (await parts.Store.SentCodes.BeginAsync(code.Sent, code.Code, note, op.Stop) is { } often) return CodeToSend.Of(often);
        var dialled = await op.Calls.DialAsync(Call(op.Tenant, caller, code) with
        {
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        if (dialled.Ack.IsAccepted)
        {
            await parts.Store.SentCodes.SupersedeAsync(code.Sent, op.Stop);
            return null;
        }
        await parts.Store.SentCodes.WithdrawAsync(op.Tenant, code.Sent.Id, op.Stop);
        return Errors.Of(dialled) with { Pointer = "/phone_number" };
    }

    private static async ValueTask<string?> OwnAsync(OperationContext op, VerifyParts parts) =>
        (await parts.Store.Numbers.Rows(PhoneNumbers.View).ListAsync(op.Tenant, new() { Limit = 1 }, op.Stop)).Rows is [var first, ..]
            ? first.Body.Text("phone_number") : null;

    private static DialRequest Call(TenantId tenant, string from, CodeToSend code)
    {
        // Nobody has a pencil at hand.
        string once = VerifyTemplates.Fill(code.Template, string.Join(", ", code.Code.AsEnumerable()), code.Terms.AppName);
        return new()
        {
            Tenant = tenant,
            Connection = default,      // belongs to no application: no webhook of calls tells of it, and the default profile lets it out
            Labels = VerifyEvents.LabelsOf(code, TimeSpan.FromSeconds(once.Length / CharactersASecond)),
            From = from,
            BroughtCaller = from,      // the operator names it, or the account owns it
            To = code.Sent.Number,
            RingTimeout = Ringing,
            TimeLimit = Longest,
            Announcement = Say(string.Join(' ', Enumerable.Repeat(once, Readings)), code.Terms.Language),
        };
    }

    private static PromptSource.Speech Say(string text, string language) => new(text, "", language, IsSsml: false);
}
