using System.Text.Json.Nodes;
using Ringwright.Chakra.Calling;
using Ringwright.Http;

namespace Ringwright.Chakra.Clicks;

/// <summary>Places a call for an agent: his device rings first, and the customer's when he has answered.</summary>
internal sealed class ChakraClicks(ChakraCalls calls, ChakraConfig config, ChakraParts parts)
{
    public async ValueTask<Reply> Start(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var said = op.ReadObject();
        ChakraCalls.DropUnsaid(said);
        if ((string?)said["team"] is { } team && !string.Equals(team, op.Tenant.ToString(), StringComparison.OrdinalIgnoreCase))
            return op.Fail(new Problem("NOT_FOUND", "There is no such team.") { Pointer = "/team" });
        said.Remove("team");
        SaidParties.Read(parts, said, "to", "from");
        string to = (string)said["to"]!;        // required, as the user
        if (ChakraCommands.CheckParty("to", to) is { } nobody) return op.Fail(nobody);
        var (device, callerId) = await config.DeviceOfAsync(op.Tenant, (string)said["user"]!, op.Stop);
        if (device is null) return op.Fail(ChakraCalls.Invalid("user", "The team has no such user with a device: PUT /config sets them."));
        if (((string?)said["from"] ?? callerId) is not { } from)
            return op.Fail(ChakraCalls.Invalid("from", "from is needed where the team has no callerId: PUT /config sets it."));
        if (ChakraCommands.CheckParty("from", from) is { } wrong) return op.Fail(wrong);
        var now = op.Now;
        string id = Guid.CreateVersion7(now).ToString();
        var dialled = await op.Calls.DialAsync(new()
        {
            Tenant = op.Tenant, Connection = default, To = device, From = from, Labels = ClickDesk.LabelsOf(id, to, from),
            WaitsForRoom = true,        // it is QUEUED meanwhile; the customer's leg never waits, for the agent listens by then
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        if (dialled is not { Ack.IsAccepted: true, Leg: { } leg }) return op.Refuse(dialled.Ack.Refusal, dialled.Detail);
        (said["from"], said["type"], said["callStatus"], said["callStart"], said[ClickMerge.AgentLeg]) =
            (from, ChakraCall.Outbound, ChakraStatus.Queued, ChakraTime.Millis(now), leg.Uuid.ToString());
        said["callInitiateLocation"] ??= "api";
        said["providerPayload"] = new JsonObject { [ClickMerge.AgentLeg] = leg.Uuid.ToString(), ["session"] = leg.Session.ToString() };
        var made = new ChakraNote
        {
            TenantId = op.Tenant, Id = id, IsLogged = true, FromParty = from, ToParty = to, Type = ChakraCall.Outbound,
            CallStatus = ChakraStatus.Queued, Provider = ChakraCall.Provider, ProviderCallId = leg.Uuid.ToString(), CreatedAt = now,
            UpdatedAt = now,
        };
        var changed = await calls.Notes.ChangeAsync(_ => null, _ => made.Saying(said),
            _ => op.Note("created", ChakraCalls.RecordType, id), calls.TellLogged, op.Stop);
        return changed.Note is { } note ? op.Created(new ChakraCall(null, note, null).Write(op.Links)) : op.Fail(changed.Problem!);
    }
}
