using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Dial
{
    public static async ValueTask<Reply> Handle(OperationContext op, TelnyxParts parts)
    {
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var connection = Application(op, body);
        var request = DialMap.Map(body, op.Tenant, connection);
        if (body.Problems.Count > 0) return op.Fail(body.Problems);

        var dialled = await op.Calls.DialAsync(request, op.Stop);
        return dialled.Leg is { } leg && dialled.Ack.IsAccepted ? op.Ok(CallObject.OfDialled(leg, parts.Ids)) : op.Fail(Errors.Of(dialled));
    }

    private static ConnectionId Application(OperationContext op, VoiceBody body)
    {
        if (body.Json.Id("connection_id") is { } id && op.Routing.FindConnection(op.Tenant, new(id)) is { Kind: CallControlApplications.ConnectionKind } found) return found.Id;
        body.Refuse(VoiceErrors.BadRequest, "connection_id", "connection_id names no call control application of this account.");
        return default;
    }
}
