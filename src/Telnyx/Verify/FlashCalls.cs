using System.Security.Cryptography;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// Tells a code by a call that only rings: the number that it is from ends with the code. It is one of a range that the operator has, and
/// every rule of the gate holds. Whoever answers is hung up on.
/// </summary>
internal static class FlashCalls
{
    private static readonly TimeSpan Ringing = TimeSpan.FromSeconds(1.5), Setup = TimeSpan.FromSeconds(20),
        Answered = TimeSpan.FromSeconds(1);

    /// <summary>A number of the range.</summary>
    public static string Choose(NumberRange range) => range[RandomNumberGenerator.GetInt32(range.Count)];

    /// <param name="from">Its last digits are the code.</param>
    /// <returns>Null when it is on its way.</returns>
    public static async ValueTask<Problem?> SendAsync(OperationContext op, VerifyParts parts, CodeToSend code, string from)
    {
        var note = op.Note("created", VerificationBody.RecordType, code.Sent.Id.ToString());
        if (await parts.Store.SentCodes.BeginAsync(code.Sent, code.Code, note, op.Stop) is { } often) return CodeToSend.Of(often);
        var dialled = await op.Calls.DialAsync(Call(op.Tenant, from, code) with
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

    private static DialRequest Call(TenantId tenant, string from, CodeToSend code) => new()
    {
        Tenant = tenant,
        Connection = default,      // belongs to no application: no webhook of calls tells of it, and the default profile lets it out
        Labels = VerifyEvents.LabelsOf(code),
        From = from,
        BroughtCaller = from,      // the operator names it
        To = code.Sent.Number,
        RingTimeout = Setup,
        RingsFor = Ringing,
        TimeLimit = Answered,
    };
}
