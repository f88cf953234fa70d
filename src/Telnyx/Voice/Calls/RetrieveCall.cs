using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class RetrieveCall
{
    /// <summary>How long an ended call can still be looked up.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts)
    {
        if (!parts.Ids.TryReadCallControl(op.Path("call_control_id"), op.Tenant, out var id)) return op.Unknown("call_control_id");
        var leg = await parts.Store.Legs.FindAsync(op.Tenant, id, op.Stop);
        if (leg is null || (leg.FoundEndedAt ?? leg.EndedAt) + Remembered < op.Now) return op.Unknown("call_control_id");
        return op.Ok(CallObject.Of(leg, parts.Ids, op.Now));
    }
}
