using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Dial
{
    private static readonly TimeSpan RequestMemory = TimeSpan.FromSeconds(60);

    public static async ValueTask<Reply> Handle(OperationContext op, TelnyxParts parts)
    {
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var connection = Application(op, body);
        var request = DialMap.Map(body, op.Tenant, connection);
        if (body.Problems.Count > 0) return op.Fail(body.Problems);

        if (await FindEarlierAsync(op, parts, request.CommandId) is { } made) return op.Ok(CallObject.OfDialled(made, parts.Ids));
        var dialled = await op.Calls.DialAsync(request, op.Stop);
        return dialled.Leg is { } leg && dialled.Ack.IsAccepted ? op.Ok(CallObject.OfDialled(leg, parts.Ids)) : op.Fail(Errors.Of(dialled));
    }

    /// <summary>The engine remembers its own dials; what one said to an earlier process of this node is in the store, and must not ring twice.</summary>
    private static async ValueTask<LegRow?> FindEarlierAsync(OperationContext op, TelnyxParts parts, string? commandId)
    {
        if (commandId is null) return null;
        var leg = await parts.Store.Legs.FindByCommandAsync(op.Tenant, commandId, RequestMemory, op.Stop);
        return leg is { Direction: Direction.Outbound } && leg.Id.Epoch != parts.Store.Node.Epoch ? leg : null;
    }

    private static ConnectionId Application(OperationContext op, VoiceBody body)
    {
        if (body.Json.Id("connection_id") is { } id && op.Routing.FindConnection(op.Tenant, new(id)) is { Kind: CallControlApplications.ConnectionKind } found) return found.Id;
        body.Refuse(VoiceErrors.BadRequest, "connection_id", "connection_id names no call control application of this account.");
        return default;
    }
}
